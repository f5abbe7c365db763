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

// How a model is run.
typedef struct {
    int threads;   // of one run; 0 leaves the choice to the engine
    int lanes;     // runs at the same time, at least 1; each needs an opened lane
    int bfloat16;  // 1: numbers may be rounded to 16 bits on the way, where the processor can; OpenVINO only
} ci_options;

// Opens `model` (an .onnx file) with the ONNX Runtime library at `library`; what comes is its first lane.
// Returns NULL and fills `message` when that fails. The library stays loaded until the process ends.
ci_network *ci_onnxruntime_open(
    const char *library, const char *model, const ci_options *options, char *message, size_t message_size);

// The same with OpenVINO's C library, on the CPU device, in 32-bit floats unless `bfloat16` is set.
ci_network *ci_openvino_open(
    const char *library, const char *model, const ci_options *options, char *message, size_t message_size);

// One more lane over the model that `network` has loaded: the weights are shared, and the two may run at the same time.
// Returns NULL and fills `message` when that fails.
ci_network *ci_network_lane(ci_network *network, char *message, size_t message_size);

// Writes the version of the library at `library` into `text`, and behind a line feed the devices it can use, separated by
// commas. Returns 0, or 1 with the reason in `text`. Loads the library.
int ci_onnxruntime_describe(const char *library, char *text, size_t text_size);
int ci_openvino_describe(const char *library, char *text, size_t text_size);

// Runs one NCHW float input. Returns 0, or 1 with `message` filled. Not to be called for one lane from two threads at once.
int ci_network_run(
    ci_network *network, const float *input, const int64_t dims[4], ci_output *output, char *message, size_t message_size);

// Closes a lane; the model goes with its last one.
void ci_network_close(ci_network *network);

#endif
