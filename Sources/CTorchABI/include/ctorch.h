// The boundary between Martlet and a tensor library: one table of plain functions over opaque handles, so that the
// program needs no C++ and no tensor library to build. The plug-in libEngineTorch.so exports `ct_engine`.
//
// Functions that can fail return 0 on success and another number on failure; `last_error` then has the sentence of
// the calling thread. Grad mode and the last error belong to the calling thread: keep one thread for one engine.
#ifndef CTORCH_H
#define CTORCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Raised whenever the table below changes its layout or meaning.
#define CT_ABI_VERSION 1

typedef struct ct_tensor_s *ct_tensor;
typedef struct ct_op_s *ct_op;
typedef struct ct_script_s *ct_script;

/// What a `ct_value` carries. Lists point to `count` words of eight bytes each.
enum {
    CT_NONE = 0,
    CT_TENSOR = 1,            // pointer; NULL is an undefined tensor
    CT_INT = 2,               // integer
    CT_DOUBLE = 3,            // real
    CT_BOOL = 4,              // integer, 0 or 1
    CT_INT_LIST = 5,          // pointer to int64_t
    CT_DOUBLE_LIST = 6,       // pointer to double
    CT_TENSOR_LIST = 7,       // pointer to ct_tensor
    CT_OPTIONAL_TENSORS = 8,  // pointer to ct_tensor, NULL where there is none
    CT_STRING = 9,            // pointer to `count` bytes; also a device such as "cuda:0"
};

typedef struct {
    int32_t kind;
    int32_t count;
    union {
        int64_t integer;
        double real;
        const void *pointer;
    } of;
} ct_value;

/// Element types, numbered as ATen numbers them.
enum { CT_UINT8 = 0, CT_INT32 = 3, CT_INT64 = 4, CT_FLOAT16 = 5, CT_FLOAT32 = 6, CT_FLOAT64 = 7, CT_BOOLEAN = 11, CT_BFLOAT16 = 15 };

typedef struct {
    int32_t abi_version;
    /// The version of the library that the plug-in was compiled for, such as "1.13.1".
    const char *(*version)(void);
    const char *(*last_error)(void);

    /// `name` is such as "aten::add", `overload` such as "Tensor" or "". The handle lives as long as the process.
    int (*op_find)(const char *name, const char *overload, ct_op *found);
    /// Calls an operator with its leading arguments; the rest take the schema's defaults. Lists of tensors among the
    /// results are unpacked into single tensors; every tensor in `results` is owned by the caller.
    int (*op_call)(ct_op op, const ct_value *arguments, int32_t argument_count,
                   ct_value *results, int32_t result_capacity, int32_t *result_count);

    /// Copies `bytes` (row-major, `element` as above) into a new tensor on the CPU.
    int (*tensor_make)(const void *bytes, int32_t element, const int64_t *shape, int32_t rank, ct_tensor *made);
    /// Copies the elements, row-major and in the tensor's own type, into `bytes`, which holds `capacity` bytes.
    int (*tensor_read)(ct_tensor tensor, void *bytes, int64_t capacity);
    void (*tensor_release)(ct_tensor tensor);
    int32_t (*tensor_rank)(ct_tensor tensor);
    int64_t (*tensor_size)(ct_tensor tensor, int32_t dimension);
    int32_t (*tensor_element)(ct_tensor tensor);
    /// Tensors alive through this table (for leak tests).
    int64_t (*tensor_count)(void);

    int (*set_requires_grad)(ct_tensor tensor, int32_t flag);
    int (*backward)(ct_tensor loss);
    /// The gradient, owned by the caller; NULL when there is none.
    int (*grad)(ct_tensor tensor, ct_tensor *gradient);
    int (*clear_grad)(ct_tensor tensor);
    /// Switches gradient recording of this thread; answers what it was.
    int32_t (*set_grad_mode)(int32_t flag);

    int32_t (*thread_count)(void);
    void (*set_thread_count)(int32_t count);
    int32_t (*cuda_device_count)(void);

    /// TorchScript: loads a file onto a device, runs its forward method on one tensor.
    int (*script_load)(const char *path, const char *device, ct_script *loaded);
    int (*script_forward)(ct_script script, ct_tensor input, ct_tensor *results, int32_t capacity, int32_t *result_count);
    void (*script_release)(ct_script script);
} ct_table;

/// The plug-in's only symbol: its table, or NULL with the reason in `why`.
typedef const ct_table *(*ct_engine_function)(const char **why);

#ifdef __cplusplus
}
#endif
#endif
