// OpenVINO through the plain functions of its C library. Element types are asked for, not named: their numbers have moved
// between releases, their sizes have not.
#include "network.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t rank;
    int64_t *dims;
} ov_shape;

typedef struct {
    const char *build, *description;
} ov_version;

typedef struct {
    char **names;
    size_t count;
} ov_devices;

typedef struct {
    int (*core_create)(void **);
    void (*core_free)(void *);
    int (*core_read_model)(const void *, const char *, const char *, void **);
    // Properties follow as pairs of strings, hence variadic: the reason why this is C and not Swift.
    int (*core_compile_model)(const void *, const void *, const char *, size_t, void **, ...);
    void (*model_free)(void *);
    void (*compiled_model_free)(void *);
    int (*compiled_model_create_infer_request)(const void *, void **);
    int (*infer_request_get_input_tensor)(const void *, void **);
    int (*infer_request_get_output_tensor_by_index)(const void *, size_t, void **);
    int (*infer_request_infer)(void *);
    void (*infer_request_free)(void *);
    int (*tensor_set_shape)(void *, ov_shape);
    int (*tensor_get_shape)(const void *, ov_shape *);
    int (*tensor_data)(const void *, void **);
    int (*tensor_get_byte_size)(const void *, size_t *);
    int (*tensor_get_size)(const void *, size_t *);
    void (*tensor_free)(void *);
    int (*shape_free)(ov_shape *);
    const char *(*get_error_info)(int);
    const char *(*get_last_err_msg)(void);
    int (*get_openvino_version)(ov_version *);
    void (*version_free)(ov_version *);
    int (*core_get_available_devices)(const void *, ov_devices *);
    void (*available_devices_free)(ov_devices *);
} ov_functions;

// What the lanes of a model share; each has a request of its own.
typedef struct {
    ov_functions ov;
    void *core, *compiled;
    atomic_int lanes;
} ov_loaded;

typedef struct {
    ci_network base;
    ov_loaded *model;
    void *request, *output;
} ov_network;

static int failed(const ov_functions *ov, int status, const char *what, char *message, size_t size) {
    if (status == 0) return 0;
    const char *why = ov->get_last_err_msg ? ov->get_last_err_msg() : NULL;
    ci_explain(message, size, what, why && *why ? why : ov->get_error_info(status));
    return 1;
}

static void close_model(ov_loaded *model) {
    if (atomic_fetch_sub(&model->lanes, 1) != 1) return;
    if (model->compiled) model->ov.compiled_model_free(model->compiled);
    if (model->core) model->ov.core_free(model->core);
    free(model);
}

static void ov_close(ci_network *base) {
    ov_network *network = (ov_network *)base;
    if (network->output) network->model->ov.tensor_free(network->output);
    if (network->request) network->model->ov.infer_request_free(network->request);
    close_model(network->model);
    free(network);
}

static int fill_input(ov_network *network, const float *input, const int64_t dims[4], char *message, size_t size) {
    const ov_functions *ov = &network->model->ov;
    void *tensor = NULL, *data = NULL;
    if (failed(ov, ov->infer_request_get_input_tensor(network->request, &tensor), "the model must take one input", message, size))
        return 1;
    int64_t sides[4] = {dims[0], dims[1], dims[2], dims[3]};
    size_t bytes = sizeof(float) * (size_t)(dims[0] * dims[1] * dims[2] * dims[3]), held = 0;
    int bad = failed(ov, ov->tensor_set_shape(tensor, (ov_shape){4, sides}), "the model does not take this input size", message, size)
        || failed(ov, ov->tensor_get_byte_size(tensor, &held), "input size", message, size);
    if (!bad && held != bytes) {
        ci_explain(message, size, "the model's input cannot be filled", "it must take 32-bit floats; export it without half precision");
        bad = 1;
    }
    if (!bad) bad = failed(ov, ov->tensor_data(tensor, &data), "input values", message, size);
    if (!bad) memcpy(data, input, bytes);
    ov->tensor_free(tensor);
    return bad;
}

static int ov_run(ci_network *base, const float *input, const int64_t dims[4], ci_output *output, char *message, size_t size) {
    ov_network *network = (ov_network *)base;
    const ov_functions *ov = &network->model->ov;
    if (network->output) {
        ov->tensor_free(network->output);
        network->output = NULL;
    }
    if (fill_input(network, input, dims, message, size)) return 1;
    if (failed(ov, ov->infer_request_infer(network->request), "OpenVINO could not run the model", message, size)) return 1;
    if (failed(ov, ov->infer_request_get_output_tensor_by_index(network->request, 0, &network->output), "output", message, size))
        return 1;
    size_t bytes = 0, count = 0;
    ov_shape shape = {0, NULL};
    void *values = NULL;
    if (failed(ov, ov->tensor_get_byte_size(network->output, &bytes), "output size", message, size)
        || failed(ov, ov->tensor_get_size(network->output, &count), "output size", message, size)
        || failed(ov, ov->tensor_data(network->output, &values), "output values", message, size)
        || failed(ov, ov->tensor_get_shape(network->output, &shape), "output shape", message, size)) return 1;
    int bad = bytes != count * sizeof(float) || shape.rank < 0 || shape.rank > CI_MAX_RANK;
    if (bad) {
        ci_explain(message, size, "the model's first output cannot be read", "it must hold 32-bit floats in at most 8 dimensions");
    } else {
        output->rank = (int32_t)shape.rank;
        memcpy(output->dims, shape.dims, sizeof(int64_t) * (size_t)shape.rank);
        output->values = values;
    }
    ov->shape_free(&shape);
    return bad;
}

static int find_functions(void *handle, ov_functions *ov) {
#define FIND(name) ((*(void **)&ov->name = dlsym(handle, "ov_" #name)) == NULL)
    if (FIND(core_create) || FIND(core_free) || FIND(core_read_model) || FIND(core_compile_model) || FIND(model_free)
        || FIND(compiled_model_free) || FIND(compiled_model_create_infer_request) || FIND(infer_request_get_input_tensor)
        || FIND(infer_request_get_output_tensor_by_index) || FIND(infer_request_infer) || FIND(infer_request_free)
        || FIND(tensor_set_shape) || FIND(tensor_get_shape) || FIND(tensor_data) || FIND(tensor_get_byte_size)
        || FIND(tensor_get_size) || FIND(tensor_free) || FIND(shape_free) || FIND(get_error_info)) return 1;
    // Since 2023.1, and for `engine list` alone.
    (void)FIND(get_last_err_msg);
    (void)FIND(get_openvino_version), (void)FIND(version_free), (void)FIND(core_get_available_devices), (void)FIND(available_devices_free);
    return 0;
#undef FIND
}

static int compile(ov_loaded *loaded, const char *path, const ci_options *options, char *message, size_t size) {
    const ov_functions *ov = &loaded->ov;
    void *model = NULL;
    if (failed(ov, ov->core_create(&loaded->core), "OpenVINO did not start", message, size)
        || failed(ov, ov->core_read_model(loaded->core, path, NULL, &model), "OpenVINO cannot load the model", message, size))
        return 1;
    // Threads are counted over all streams; 0 is the engine's choice.
    char threads[16], streams[16];
    int lanes = options->lanes > 1 ? options->lanes : 1;
    snprintf(threads, sizeof threads, "%d", options->threads > 0 ? options->threads * lanes : 0);
    snprintf(streams, sizeof streams, "%d", lanes);
    int status = ov->core_compile_model(
        loaded->core, model, "CPU", 6, &loaded->compiled, "INFERENCE_PRECISION_HINT", options->bfloat16 ? "bf16" : "f32",
        "INFERENCE_NUM_THREADS", threads, "NUM_STREAMS", streams);
    int bad = failed(ov, status, "OpenVINO cannot compile the model", message, size);
    ov->model_free(model);
    return bad;
}

static ci_network *ov_lane(ci_network *base, char *message, size_t size);

static ci_network *new_lane(ov_loaded *model, char *message, size_t size) {
    ov_network *network = calloc(1, sizeof(ov_network));
    if (!network) {
        ci_explain(message, size, "the model does not open", "out of memory");
        return NULL;
    }
    network->base.run = ov_run;
    network->base.lane = ov_lane;
    network->base.close = ov_close;
    network->model = model;
    atomic_fetch_add(&model->lanes, 1);
    int status = model->ov.compiled_model_create_infer_request(model->compiled, &network->request);
    if (failed(&model->ov, status, "OpenVINO cannot prepare a run", message, size)) {
        ov_close(&network->base);
        return NULL;
    }
    return &network->base;
}

static ci_network *ov_lane(ci_network *base, char *message, size_t size) {
    return new_lane(((ov_network *)base)->model, message, size);
}

static ov_loaded *load(const char *library, char *message, size_t size) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        ci_explain(message, size, "the OpenVINO library does not load", dlerror());
        return NULL;
    }
    ov_loaded *model = calloc(1, sizeof(ov_loaded));
    if (!model) {
        ci_explain(message, size, "the model does not open", "out of memory");
        return NULL;
    }
    atomic_init(&model->lanes, 1);
    if (find_functions(handle, &model->ov)) {
        ci_explain(message, size, library, "this library is not OpenVINO's C interface");
        close_model(model);
        return NULL;
    }
    return model;
}

ci_network *ci_openvino_open(const char *library, const char *path, const ci_options *options, char *message, size_t size) {
    ov_loaded *model = load(library, message, size);
    if (!model) return NULL;
    ci_network *lane = compile(model, path, options, message, size) ? NULL : new_lane(model, message, size);
    close_model(model);
    return lane;
}

int ci_openvino_describe(const char *library, char *text, size_t size) {
    ov_loaded *model = load(library, text, size);
    if (!model) return 1;
    const ov_functions *ov = &model->ov;
    ov_version version = {NULL, NULL};
    ov_devices devices = {NULL, 0};
    int bad = failed(ov, ov->core_create(&model->core), "OpenVINO did not start", text, size);
    if (!bad) {
        int has_version = ov->get_openvino_version && ov->get_openvino_version(&version) == 0;
        int used = snprintf(text, size, "%s\n", has_version && version.build ? version.build : "");
        int has_devices = ov->core_get_available_devices && ov->core_get_available_devices(model->core, &devices) == 0;
        for (size_t i = 0; has_devices && i < devices.count && used > 0 && (size_t)used < size; i++)
            used += snprintf(text + used, size - (size_t)used, "%s%s", i ? "," : "", devices.names[i]);
        if (has_version && ov->version_free) ov->version_free(&version);
        if (has_devices && ov->available_devices_free) ov->available_devices_free(&devices);
    }
    close_model(model);
    return bad;
}
