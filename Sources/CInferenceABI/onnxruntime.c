// ONNX Runtime through its one exported symbol. OrtGetApiBase leads to an append-only table of functions; the slots below
// belong to its version-1 part (0 to 101), which never moves.
#include "network.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    slot_get_error_message = 2,
    slot_create_env = 3,
    slot_create_session = 7,
    slot_run = 9,
    slot_create_session_options = 10,
    slot_set_intra_op_threads = 24,
    slot_session_input_count = 30,
    slot_session_output_count = 31,
    slot_session_input_type = 33,
    slot_session_input_name = 36,
    slot_session_output_name = 37,
    slot_create_tensor_with_data = 49,
    slot_tensor_data = 51,
    slot_cast_type_to_tensor = 55,
    slot_tensor_element_type = 60,
    slot_dimensions_count = 61,
    slot_dimensions = 62,
    slot_tensor_type_and_shape = 65,
    slot_create_cpu_memory_info = 69,
    slot_allocator_free = 76,
    slot_default_allocator = 78,
    slot_release_env = 92,
    slot_release_status = 93,
    slot_release_memory_info = 94,
    slot_release_session = 95,
    slot_release_value = 96,
    slot_release_type_info = 98,
    slot_release_tensor_info = 99,
    slot_release_session_options = 100,
};

enum { logging_errors_only = 3, element_float = 1, allocator_arena = 1, memory_default = 0 };

typedef struct {
    const void *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
} api_base;

// What the lanes of a model share. A session may run in several threads at once.
typedef struct {
    void *const *table;
    void *env, *session, *memory, *allocator;
    char *input_name, *output_name;
    atomic_int lanes;
} ort_model;

typedef struct {
    ci_network base;
    ort_model *model;
    void *output;
} ort_network;

// Every call that can fail returns a status object: NULL is success.
#define CALL(model, slot, types, ...) ((void *(*) types)(model)->table[slot])(__VA_ARGS__)
#define RELEASE(model, slot, object) ((void (*)(void *))(model)->table[slot])(object)

// 0 for success; otherwise says what failed and frees the status.
static int failed(ort_model *model, void *status, const char *what, char *message, size_t size) {
    if (!status) return 0;
    ci_explain(message, size, what, ((const char *(*)(const void *))model->table[slot_get_error_message])(status));
    RELEASE(model, slot_release_status, status);
    return 1;
}

static void close_model(ort_model *model) {
    if (atomic_fetch_sub(&model->lanes, 1) != 1) return;
    if (model->allocator) {
        if (model->input_name) CALL(model, slot_allocator_free, (void *, void *), model->allocator, model->input_name);
        if (model->output_name) CALL(model, slot_allocator_free, (void *, void *), model->allocator, model->output_name);
    }
    if (model->memory) RELEASE(model, slot_release_memory_info, model->memory);
    if (model->session) RELEASE(model, slot_release_session, model->session);
    if (model->env) RELEASE(model, slot_release_env, model->env);
    free(model);
}

static void ort_close(ci_network *base) {
    ort_network *network = (ort_network *)base;
    if (network->output) RELEASE(network->model, slot_release_value, network->output);
    close_model(network->model);
    free(network);
}

// Reads type and rank of a value; the dimensions go into `output` when the rank fits.
static int describe(ort_model *model, void *value, ci_output *output, char *message, size_t size) {
    void *shape = NULL;
    if (failed(model, CALL(model, slot_tensor_type_and_shape, (void *, void **), value, &shape),
               "the output is not a tensor", message, size)) return 1;
    int32_t element = 0;
    size_t rank = 0;
    int bad = failed(model, CALL(model, slot_tensor_element_type, (void *, int32_t *), shape, &element), "output type", message, size)
        || failed(model, CALL(model, slot_dimensions_count, (void *, size_t *), shape, &rank), "output rank", message, size);
    if (!bad && (element != element_float || rank > CI_MAX_RANK)) {
        ci_explain(message, size, "the model's first output cannot be read", "it must hold 32-bit floats in at most 8 dimensions");
        bad = 1;
    }
    if (!bad) {
        output->rank = (int32_t)rank;
        bad = failed(model, CALL(model, slot_dimensions, (void *, int64_t *, size_t), shape, output->dims, rank),
                     "output shape", message, size);
    }
    RELEASE(model, slot_release_tensor_info, shape);
    return bad;
}

static int ort_run(ci_network *base, const float *input, const int64_t dims[4], ci_output *output, char *message, size_t size) {
    ort_network *network = (ort_network *)base;
    ort_model *model = network->model;
    if (network->output) {
        RELEASE(model, slot_release_value, network->output);
        network->output = NULL;
    }
    void *value = NULL;
    size_t bytes = sizeof(float) * (size_t)(dims[0] * dims[1] * dims[2] * dims[3]);
    if (failed(model,
               CALL(model, slot_create_tensor_with_data, (void *, void *, size_t, const int64_t *, size_t, int32_t, void **),
                    model->memory, (void *)input, bytes, dims, 4, element_float, &value),
               "the input tensor", message, size)) return 1;
    const char *input_names[1] = {model->input_name}, *output_names[1] = {model->output_name};
    void *inputs[1] = {value}, *outputs[1] = {NULL};
    void *status = CALL(model, slot_run,
                        (void *, void *, const char *const *, void *const *, size_t, const char *const *, size_t, void **),
                        model->session, NULL, input_names, inputs, 1, output_names, 1, outputs);
    RELEASE(model, slot_release_value, value);
    if (failed(model, status, "ONNX Runtime could not run the model", message, size)) return 1;
    network->output = outputs[0];
    if (describe(model, network->output, output, message, size)) return 1;
    void *values = NULL;
    if (failed(model, CALL(model, slot_tensor_data, (void *, void **), network->output, &values), "output values", message, size))
        return 1;
    output->values = values;
    return 0;
}

// The model must take one tensor of 32-bit floats.
static int check_input(ort_model *model, char *message, size_t size) {
    size_t inputs = 0, outputs = 0;
    void *session = model->session;
    if (failed(model, CALL(model, slot_session_input_count, (void *, size_t *), session, &inputs), "inputs", message, size)
        || failed(model, CALL(model, slot_session_output_count, (void *, size_t *), session, &outputs), "outputs", message, size))
        return 1;
    if (inputs != 1 || outputs < 1) {
        ci_explain(message, size, "this is not a detector", "it must take exactly one input and give an output");
        return 1;
    }
    void *type = NULL;
    if (failed(model, CALL(model, slot_session_input_type, (void *, size_t, void **), model->session, 0, &type),
               "input type", message, size)) return 1;
    const void *tensor = NULL;
    int32_t element = 0;
    int bad = failed(model, CALL(model, slot_cast_type_to_tensor, (void *, const void **), type, &tensor), "input type", message, size);
    if (!bad && tensor)
        bad = failed(model, CALL(model, slot_tensor_element_type, (const void *, int32_t *), tensor, &element),
                     "input type", message, size);
    RELEASE(model, slot_release_type_info, type);
    if (!bad && element != element_float) {
        ci_explain(message, size, "the model's input cannot be filled", "it must take 32-bit floats; export it without half precision");
        bad = 1;
    }
    return bad;
}

static int open_session(ort_model *model, const char *path, int threads, char *message, size_t size) {
    if (failed(model, CALL(model, slot_create_env, (int32_t, const char *, void **), logging_errors_only, "martlet", &model->env),
               "ONNX Runtime did not start", message, size)) return 1;
    void *options = NULL;
    if (failed(model, CALL(model, slot_create_session_options, (void **), &options), "session options", message, size)) return 1;
    int bad = threads > 0
        && failed(model, CALL(model, slot_set_intra_op_threads, (void *, int), options, threads), "thread count", message, size);
    if (!bad)
        bad = failed(model, CALL(model, slot_create_session, (void *, const char *, void *, void **),
                                   model->env, path, options, &model->session),
                     "ONNX Runtime cannot load the model", message, size);
    RELEASE(model, slot_release_session_options, options);
    if (bad || check_input(model, message, size)) return 1;
    return failed(model, CALL(model, slot_default_allocator, (void **), &model->allocator), "allocator", message, size)
        || failed(model, CALL(model, slot_session_input_name, (void *, size_t, void *, char **),
                                model->session, 0, model->allocator, &model->input_name), "input name", message, size)
        || failed(model, CALL(model, slot_session_output_name, (void *, size_t, void *, char **),
                                model->session, 0, model->allocator, &model->output_name), "output name", message, size)
        || failed(model, CALL(model, slot_create_cpu_memory_info, (int32_t, int32_t, void **),
                                allocator_arena, memory_default, &model->memory), "memory", message, size);
}

static ci_network *ort_lane(ci_network *base, char *message, size_t size);

static ci_network *new_lane(ort_model *model, char *message, size_t size) {
    ort_network *network = calloc(1, sizeof(ort_network));
    if (!network) {
        ci_explain(message, size, "the model does not open", "out of memory");
        return NULL;
    }
    network->base.run = ort_run;
    network->base.lane = ort_lane;
    network->base.close = ort_close;
    network->model = model;
    atomic_fetch_add(&model->lanes, 1);
    return &network->base;
}

static ci_network *ort_lane(ci_network *base, char *message, size_t size) {
    return new_lane(((ort_network *)base)->model, message, size);
}

static const api_base *load(const char *library, char *message, size_t size) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        ci_explain(message, size, "the ONNX Runtime library does not load", dlerror());
        return NULL;
    }
    const api_base *(*get_base)(void) = (const api_base *(*)(void))dlsym(handle, "OrtGetApiBase");
    const api_base *api = get_base ? get_base() : NULL;
    if (!api) ci_explain(message, size, library, "this library is not ONNX Runtime");
    return api;
}

ci_network *ci_onnxruntime_open(const char *library, const char *path, const ci_options *options, char *message, size_t size) {
    const api_base *api = load(library, message, size);
    if (!api) return NULL;
    void *const *table = api->get_api(1);
    ort_model *model = table ? calloc(1, sizeof(ort_model)) : NULL;
    if (!model) {
        ci_explain(message, size, "the model does not open", table ? "out of memory" : "this ONNX Runtime has no interface of version 1");
        return NULL;
    }
    model->table = table;
    atomic_init(&model->lanes, 1);
    ci_network *lane = open_session(model, path, options->threads, message, size) ? NULL : new_lane(model, message, size);
    close_model(model);
    return lane;
}

int ci_onnxruntime_describe(const char *library, char *text, size_t size) {
    const api_base *api = load(library, text, size);
    if (!api) return 1;
    snprintf(text, size, "%s\nCPU", api->get_version());
    return 0;
}
