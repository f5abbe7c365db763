#include "network.h"

#include <stdio.h>

int ci_network_run(
    ci_network *network, const float *input, const int64_t dims[4], ci_output *output, char *message, size_t message_size) {
    return network->run(network, input, dims, output, message, message_size);
}

ci_network *ci_network_lane(ci_network *network, char *message, size_t message_size) {
    return network->lane(network, message, message_size);
}

void ci_network_close(ci_network *network) {
    if (network) network->close(network);
}

void ci_explain(char *message, size_t size, const char *what, const char *why) {
    snprintf(message, size, "%s: %s", what, why && *why ? why : "no reason given");
}
