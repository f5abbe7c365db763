// The few numeric kernels that a YOLOv8-family forward pass needs, in portable C with vector extensions. The widest
// instruction set of the running processor is chosen at run time; nothing has to be installed.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>

// A convolution with its weights laid out for the chosen instruction set. Immutable after it is made.
typedef struct ck_convolution ck_convolution;

// Packs weights [outputs][inputs][kernel][kernel] and a bias of `outputs` values. NULL when memory is short.
ck_convolution *ck_convolution_make(
    const float *weights, const float *bias, int outputs, int inputs, int kernel, int stride, int padding);
void ck_convolution_free(ck_convolution *convolution);

// Convolves one CHW picture of `height` x `width`; `output` takes outputs * oh * ow values, where
// oh = (height + 2 * padding - kernel) / stride + 1. `silu` 1 applies x * sigmoid(x). Runs on `threads` threads.
// Returns 0, or 1 when memory is short.
int ck_convolve(
    const ck_convolution *convolution, const float *input, int height, int width, int silu, int threads, float *output);

// The greatest value in each odd `kernel` x `kernel` window, stride 1, "same" padding, for each channel.
void ck_max_pool(const float *input, int channels, int height, int width, int kernel, float *output);

// Doubles both sides by repeating each pixel.
void ck_upsample(const float *input, int channels, int height, int width, float *output);

// output += input, `count` values.
void ck_add(float *output, const float *input, size_t count);

// "avx512", "avx2" or "generic": what ck_convolve uses here.
const char *ck_instruction_set(void);

#endif
