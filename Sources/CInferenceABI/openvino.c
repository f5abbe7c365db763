// OpenVINO through the plain functions of its C library. Element types are asked for, not named: their numbers have moved
// between releases, their sizes have not.
#include "network.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t rank;
    int64_t *dims;
} ov_shape;

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
} ov_functions;

typedef struct {
    ci_network base;
    ov_functions ov;
    void *core, *compiled, *request, *output;
} ov_network;

static int failed(const ov_functions *ov, int status, const char *what, char *message, size_t size) {
    if (status == 0) return 0;
    const char *why = ov->get_last_err_msg ? ov->get_last_err_msg() : NULL;
    ci_explain(message, size, what, why && *why ? why : ov->get_error_info(status));
    return 1;
}

static void ov_close(ci_network *base) {
    ov_network *network = (ov_network *)base;
    if (network->output) network->ov.tensor_free(network->output);
    if (network->request) network->ov.infer_request_free(network->request);
    if (network->compiled) network->ov.compiled_model_free(network->compiled);
    if (network->core) network->ov.core_free(network->core);
    free(network);
}

static int fill_input(ov_network *network, const float *input, const int64_t dims[4], char *message, size_t size) {
    const ov_functions *ov = &network->ov;
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
    const ov_functions *ov = &network->ov;
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
    (void)FIND(get_last_err_msg);  // since 2023.1
    return 0;
#undef FIND
}

static int compile(ov_network *network, const char *model_path, int threads, char *message, size_t size) {
    const ov_functions *ov = &network->ov;
    void *model = NULL;
    if (failed(ov, ov->core_create(&network->core), "OpenVINO did not start", message, size)
        || failed(ov, ov->core_read_model(network->core, model_path, NULL, &model), "OpenVINO cannot load the model", message, size))
        return 1;
    char count[16];
    snprintf(count, sizeof count, "%d", threads);
    int status = threads > 0
        ? ov->core_compile_model(network->core, model, "CPU", 4, &network->compiled, "INFERENCE_PRECISION_HINT", "f32",
                                 "INFERENCE_NUM_THREADS", count)
        : ov->core_compile_model(network->core, model, "CPU", 2, &network->compiled, "INFERENCE_PRECISION_HINT", "f32");
    int bad = failed(ov, status, "OpenVINO cannot compile the model", message, size);
    ov->model_free(model);
    return bad
        || failed(ov, ov->compiled_model_create_infer_request(network->compiled, &network->request), "request", message, size);
}

ci_network *ci_openvino_open(const char *library, const char *model, int threads, char *message, size_t size) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        ci_explain(message, size, "the OpenVINO library does not load", dlerror());
        return NULL;
    }
    ov_network *network = calloc(1, sizeof(ov_network));
    if (!network) {
        ci_explain(message, size, "the model does not open", "out of memory");
        return NULL;
    }
    network->base.run = ov_run;
    network->base.close = ov_close;
    if (find_functions(handle, &network->ov)) {
        ci_explain(message, size, library, "this library is not OpenVINO's C interface");
        free(network);
        return NULL;
    }
    if (compile(network, model, threads, message, size)) {
        ov_close(&network->base);
        return NULL;
    }
    return &network->base;
}
