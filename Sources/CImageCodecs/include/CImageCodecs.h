/// JPEG and PNG between files in memory and rows of 8-bit RGB. Everything the codec libraries do by longjmp stays inside
/// this target; callers see only return values.
#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    IMAGE_CODEC_OK = 0,
    IMAGE_CODEC_TRUNCATED = 1,
    IMAGE_CODEC_DAMAGED = 2,
    IMAGE_CODEC_NO_MEMORY = 3,
} ImageCodecStatus;

/// The codec's own words about a failure; empty when there is nothing to say.
typedef struct {
    char text[200];
} ImageCodecMessage;

/// An encoded file. Release `bytes` with `image_codec_free`.
typedef struct {
    uint8_t *bytes;
    size_t count;
} ImageCodecFile;

/// Decodes a JPEG of exactly `width` × `height` (as its header says) into `rgb`, which holds width * height * 3 bytes.
ImageCodecStatus image_codec_decode_jpeg(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, ImageCodecMessage *message);

/// Decodes a PNG of any bit depth and colour type in the same way; transparency is composed over white.
ImageCodecStatus image_codec_decode_png(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, ImageCodecMessage *message);

/// `quality` from 1 to 100; colour is subsampled 4:2:0 below 90 and kept whole from there on.
ImageCodecStatus image_codec_encode_jpeg(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, ImageCodecFile *file, ImageCodecMessage *message);

ImageCodecStatus image_codec_encode_png(
    const uint8_t *rgb, uint32_t width, uint32_t height, ImageCodecFile *file, ImageCodecMessage *message);

void image_codec_free(uint8_t *bytes);

#endif
