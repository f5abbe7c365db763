#include "CExecutionAssets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char driver[] = {
#embed "parallel_driver.py"
};

const unsigned char *parallel_driver_bytes(void) { return driver; }
size_t parallel_driver_size(void) { return sizeof driver; }
