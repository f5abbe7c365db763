// A loaded detection network behind one small interface, whichever engine computes it.
// The engines are opened with dlopen by full path and never linked: the program builds and starts without them.
// Only the few declarations that are called are written here; no header of an engine is vendored.
#ifndef CINFERENCEABI_H
#define CINFERENCEABI_H

#include <stddef.h>
#include <stdint.h>

// The greatest rank of an output that is reported.
#define CI_MAX_RANK 8

typedef struct ci_network ci_network;

// What a run produced: float values owned by the network, valid until its next run or close.
typedef struct {
    const float *values;
    int64_t dims[CI_MAX_RANK];
    int32_t rank;
} ci_output;

// Opens `model` (an .onnx file) with the ONNX Runtime library at `library`. `threads` 0 leaves the choice to the engine.
// Returns NULL and fills `message` when that fails. The library stays loaded until the process ends.
ci_network *ci_onnxruntime_open(const char *library, const char *model, int threads, char *message, size_t message_size);

// The same with OpenVINO's C library, on the CPU device with the f32 precision hint.
ci_network *ci_openvino_open(const char *library, const char *model, int threads, char *message, size_t message_size);

// Runs one NCHW float input. Returns 0, or 1 with `message` filled. Not to be called from two threads at once.
int ci_network_run(
    ci_network *network, const float *input, const int64_t dims[4], ci_output *output, char *message, size_t message_size);

void ci_network_close(ci_network *network);

#endif
