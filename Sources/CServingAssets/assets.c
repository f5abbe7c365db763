#include "CServingAssets.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char worker[] = {
#embed "scoring_worker.py"
};
static const unsigned char script[] = {
#embed "martlet_script.py"
};
static const unsigned char description[] = {
#embed "martlet_description.py"
};
static const unsigned char modules[] = {
#embed "martlet_azure_modules.py"
};

static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} files[] = {
    {"scoring_worker.py", worker, sizeof worker},
    {"martlet_script.py", script, sizeof script},
    {"martlet_description.py", description, sizeof description},
    {"martlet_azure_modules.py", modules, sizeof modules},
};
static const size_t count = sizeof files / sizeof files[0];

const char *scoring_worker_file_name(size_t index) { return index < count ? files[index].name : 0; }
const unsigned char *scoring_worker_file_bytes(size_t index) { return index < count ? files[index].bytes : 0; }
size_t scoring_worker_file_size(size_t index) { return index < count ? files[index].size : 0; }
