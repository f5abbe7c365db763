#ifndef CEXECUTION_ASSETS_H
#define CEXECUTION_ASSETS_H

#include <stddef.h>

/// The Python program that runs a parallel step. UTF-8 text, not ended by a zero.
const unsigned char *parallel_driver_bytes(void);
size_t parallel_driver_size(void);

#endif
