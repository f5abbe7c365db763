#ifndef CI_NETWORK_H
#define CI_NETWORK_H

#include "CInferenceABI.h"

// The first member of each engine's own struct.
struct ci_network {
    int (*run)(ci_network *, const float *, const int64_t[4], ci_output *, char *, size_t);
    ci_network *(*lane)(ci_network *, char *, size_t);
    void (*close)(ci_network *);
};

// Formats a failure as "<what>: <why>".
void ci_explain(char *message, size_t size, const char *what, const char *why);

#endif
