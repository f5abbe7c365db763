// Convolution as a product of matrices: for a strip of output pixels the picture's windows are gathered into a packed
// block that stays in the second-level cache, then every group of output channels is multiplied with it.
#include "CKernels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#pragma STDC FP_CONTRACT ON

#if defined(__x86_64__)
#define CK_NAME(x) x##_avx512
#define CK_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define CK_LANES 16
#define CK_ROWS 12
#include "gemm.h"

#define CK_NAME(x) x##_avx2
#define CK_TARGET __attribute__((target("avx2,fma")))
#define CK_LANES 8
#define CK_ROWS 6
#include "gemm.h"
#endif

#define CK_NAME(x) x##_generic
#define CK_TARGET
#define CK_LANES 4
#define CK_ROWS 6
#include "gemm.h"

typedef void (*tile_function)(const float *, const float *, int, const float *, int, int, int, float *, size_t);

typedef struct {
    const char *name;
    tile_function tile;
    int rows, columns;
} kernel_set;

static kernel_set choose(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl"))
        return (kernel_set){"avx512", tile_avx512, 12, 32};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return (kernel_set){"avx2", tile_avx2, 6, 16};
#endif
    return (kernel_set){"generic", tile_generic, 6, 8};
}

const char *ck_instruction_set(void) { return choose().name; }

struct ck_convolution {
    kernel_set set;
    int outputs, inputs, kernel, stride, padding, depth, groups;
    float *weights;  // [groups][depth][set.rows]
    float *bias;     // groups * set.rows
};

ck_convolution *ck_convolution_make(
    const float *weights, const float *bias, int outputs, int inputs, int kernel, int stride, int padding) {
    ck_convolution *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->set = choose();
    made->outputs = outputs;
    made->inputs = inputs;
    made->kernel = kernel;
    made->stride = stride;
    made->padding = padding;
    made->depth = inputs * kernel * kernel;
    int rows = made->set.rows;
    made->groups = (outputs + rows - 1) / rows;
    made->weights = calloc((size_t)made->groups * rows * made->depth, sizeof(float));
    made->bias = calloc((size_t)made->groups * rows, sizeof(float));
    if (!made->weights || !made->bias) {
        ck_convolution_free(made);
        return NULL;
    }
    memcpy(made->bias, bias, sizeof(float) * (size_t)outputs);
    for (int output = 0; output < outputs; output++) {
        float *group = made->weights + (size_t)(output / rows) * rows * made->depth;
        for (int k = 0; k < made->depth; k++) group[(size_t)k * rows + output % rows] = weights[(size_t)output * made->depth + k];
    }
    return made;
}

void ck_convolution_free(ck_convolution *convolution) {
    if (!convolution) return;
    free(convolution->weights);
    free(convolution->bias);
    free(convolution);
}

// What the threads of one call share. Each takes the strips [first, last).
typedef struct {
    const ck_convolution *convolution;
    const float *padded;
    int height, width, out_width, pixels, silu, first, last, failed;
    float *output;
} portion;

// Gathers the windows of `count` output pixels from `from` on into block[depth][columns]; the rest is zero.
static void gather(const portion *part, int from, int count, float *block) {
    const ck_convolution *convolution = part->convolution;
    int columns = convolution->set.columns, stride = convolution->stride, kernel = convolution->kernel;
    for (int column = 0; column < count;) {
        int y = (from + column) / part->out_width, x = (from + column) % part->out_width;
        int run = part->out_width - x < count - column ? part->out_width - x : count - column;
        float *target = block + column;
        for (int channel = 0; channel < convolution->inputs; channel++)
            for (int ky = 0; ky < kernel; ky++) {
                const float *row = part->padded + ((size_t)channel * part->height + (size_t)y * stride + ky) * part->width
                    + (size_t)x * stride;
                for (int kx = 0; kx < kernel; kx++, target += columns) {
                    if (stride == 1) memcpy(target, row + kx, sizeof(float) * (size_t)run);
                    else
                        for (int i = 0; i < run; i++) target[i] = row[kx + (size_t)i * stride];
                }
            }
        column += run;
    }
    if (count < columns)
        for (int k = 0; k < convolution->depth; k++) memset(block + (size_t)k * columns + count, 0, sizeof(float) * (columns - count));
}

static void *work(void *argument) {
    portion *part = argument;
    const ck_convolution *convolution = part->convolution;
    int rows = convolution->set.rows, columns = convolution->set.columns, depth = convolution->depth;
    size_t strip_size = (size_t)depth * columns;
    // As many strips at a time as 256 KB hold, so that weights are read once for all of them.
    int together = (int)(65536 / strip_size);
    together = together < 1 ? 1 : together > 8 ? 8 : together;
    float *blocks = malloc(sizeof(float) * strip_size * together);
    if (!blocks) {
        part->failed = 1;
        return NULL;
    }
    for (int strip = part->first; strip < part->last; strip += together) {
        int strips = part->last - strip < together ? part->last - strip : together;
        for (int i = 0; i < strips; i++) {
            int from = (strip + i) * columns, left = part->pixels - from;
            gather(part, from, left < columns ? left : columns, blocks + i * strip_size);
        }
        for (int group = 0; group < convolution->groups; group++) {
            int channel = group * rows, used = convolution->outputs - channel < rows ? convolution->outputs - channel : rows;
            for (int i = 0; i < strips; i++) {
                int from = (strip + i) * columns, left = part->pixels - from;
                convolution->set.tile(
                    convolution->weights + (size_t)group * rows * depth, blocks + i * strip_size, depth, convolution->bias + channel,
                    part->silu, used, left < columns ? left : columns,
                    part->output + (size_t)channel * part->pixels + from, (size_t)part->pixels);
            }
        }
    }
    free(blocks);
    return NULL;
}

// The picture with a border of zeros.
static float *pad(const float *input, int channels, int height, int width, int padding) {
    int tall = height + 2 * padding, wide = width + 2 * padding;
    float *padded = calloc((size_t)channels * tall * wide, sizeof(float));
    if (!padded) return NULL;
    for (int channel = 0; channel < channels; channel++)
        for (int y = 0; y < height; y++)
            memcpy(padded + ((size_t)channel * tall + y + padding) * wide + padding, input + ((size_t)channel * height + y) * width,
                   sizeof(float) * (size_t)width);
    return padded;
}

int ck_convolve(
    const ck_convolution *convolution, const float *input, int height, int width, int silu, int threads, float *output) {
    float *padded = NULL;
    if (convolution->padding > 0) {
        padded = pad(input, convolution->inputs, height, width, convolution->padding);
        if (!padded) return 1;
    }
    int tall = height + 2 * convolution->padding, wide = width + 2 * convolution->padding;
    int out_height = (tall - convolution->kernel) / convolution->stride + 1;
    int out_width = (wide - convolution->kernel) / convolution->stride + 1;
    int pixels = out_height * out_width, strips = (pixels + convolution->set.columns - 1) / convolution->set.columns;
    enum { most_threads = 64 };
    threads = threads < 1 ? 1 : threads > most_threads ? most_threads : threads;
    if (threads > strips) threads = strips;
    // A thread costs some 20 microseconds to start: not worth it for a small product.
    if ((double)pixels * convolution->outputs * convolution->depth < 2e6) threads = 1;

    portion parts[most_threads];
    pthread_t others[most_threads];
    int started[most_threads] = {0}, failed = 0;
    for (int i = 0; i < threads; i++)
        parts[i] = (portion){convolution, padded ? padded : input, tall, wide, out_width, pixels, silu,
                             strips * i / threads, strips * (i + 1) / threads, 0, output};
    for (int i = 1; i < threads; i++) started[i] = pthread_create(&others[i], NULL, work, &parts[i]) == 0;
    work(&parts[0]);
    for (int i = 1; i < threads; i++) {
        if (started[i]) pthread_join(others[i], NULL);
        else work(&parts[i]);
    }
    for (int i = 0; i < threads; i++) failed |= parts[i].failed;
    free(padded);
    return failed;
}
