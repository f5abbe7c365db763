#ifndef CSERVING_ASSETS_H
#define CSERVING_ASSETS_H

#include <stddef.h>

/// The Python program that runs a deployment's scoring script, file by file: `index` counts from 0, a null name ends the
/// list. Contents are UTF-8 text, not ended by a zero.
const char *scoring_worker_file_name(size_t index);
const unsigned char *scoring_worker_file_bytes(size_t index);
size_t scoring_worker_file_size(size_t index);

#endif
