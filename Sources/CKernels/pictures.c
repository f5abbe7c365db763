#include "CKernels.h"

#include <string.h>

void ck_max_pool(const float *input, int channels, int height, int width, int kernel, float *output) {
    int reach = kernel / 2;
    for (int channel = 0; channel < channels; channel++, input += (size_t)height * width, output += (size_t)height * width)
        for (int y = 0; y < height; y++) {
            int top = y - reach < 0 ? 0 : y - reach, bottom = y + reach >= height ? height - 1 : y + reach;
            for (int x = 0; x < width; x++) {
                int left = x - reach < 0 ? 0 : x - reach, right = x + reach >= width ? width - 1 : x + reach;
                float most = input[(size_t)y * width + x];
                for (int v = top; v <= bottom; v++)
                    for (int u = left; u <= right; u++) {
                        float value = input[(size_t)v * width + u];
                        most = value > most ? value : most;
                    }
                output[(size_t)y * width + x] = most;
            }
        }
}

void ck_upsample(const float *input, int channels, int height, int width, float *output) {
    for (size_t row = 0; row < (size_t)channels * height; row++, input += width, output += 4 * (size_t)width) {
        for (int x = 0; x < width; x++) output[2 * x] = output[2 * x + 1] = input[x];
        memcpy(output + 2 * (size_t)width, output, sizeof(float) * 2 * (size_t)width);
    }
}

void ck_add(float *output, const float *input, size_t count) {
    for (size_t i = 0; i < count; i++) output[i] += input[i];
}
