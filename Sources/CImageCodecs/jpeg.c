#include "CImageCodecs.h"

#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

static ImageCodecStatus fail(ImageCodecStatus status, const char *text, ImageCodecMessage *message) {
    strncpy(message->text, text, sizeof message->text - 1);
    message->text[sizeof message->text - 1] = 0;
    return status;
}

/// A warning means that decoding went on with invented pixels. Stray bytes between segments and odd version numbers are
/// common in good photos and harmless; a picture that ends early or cannot be read in the middle is not.
static ImageCodecStatus judge_warning(const char *text) {
    if (strstr(text, "Premature end") || strstr(text, "premature end")) { return IMAGE_CODEC_TRUNCATED; }
    if (strstr(text, "Corrupt JPEG data") && !strstr(text, "extraneous bytes")) { return IMAGE_CODEC_DAMAGED; }
    return IMAGE_CODEC_OK;
}

static ImageCodecStatus decompress(
    tjhandle codec, const uint8_t *bytes, size_t count, uint8_t *pixels, uint32_t width, uint32_t height, int format,
    ImageCodecMessage *message) {
    int result = tjDecompress2(
        codec, bytes, (unsigned long)count, pixels, (int)width, 0, (int)height, format, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
    if (result == 0) { return IMAGE_CODEC_OK; }
    const char *text = tjGetErrorStr2(codec);
    ImageCodecStatus status =
        tjGetErrorCode(codec) == TJERR_WARNING ? judge_warning(text)
        : strstr(text, "remature end")         ? IMAGE_CODEC_TRUNCATED
                                               : IMAGE_CODEC_DAMAGED;
    return status == IMAGE_CODEC_OK ? status : fail(status, text, message);
}

/// Four-ink JPEGs come from Adobe software, which stores the inks inverted: 255 means no ink.
static ImageCodecStatus decompress_inks(
    tjhandle codec, const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, ImageCodecMessage *message) {
    size_t area = (size_t)width * height;
    uint8_t *inks = malloc(area * 4);
    if (!inks) { return fail(IMAGE_CODEC_NO_MEMORY, "no memory for a four-colour picture", message); }
    ImageCodecStatus status = decompress(codec, bytes, count, inks, width, height, TJPF_CMYK, message);
    for (size_t i = 0; i < area && status == IMAGE_CODEC_OK; i++) {
        unsigned black = inks[i * 4 + 3];
        for (size_t c = 0; c < 3; c++) { rgb[i * 3 + c] = (uint8_t)((inks[i * 4 + c] * black + 127) / 255); }
    }
    free(inks);
    return status;
}

ImageCodecStatus image_codec_decode_jpeg(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, ImageCodecMessage *message) {
    message->text[0] = 0;
    tjhandle codec = tjInitDecompress();
    if (!codec) { return fail(IMAGE_CODEC_NO_MEMORY, tjGetErrorStr2(NULL), message); }
    int real_width = 0, real_height = 0, subsampling = 0, colours = 0;
    ImageCodecStatus status = IMAGE_CODEC_OK;
    if (tjDecompressHeader3(codec, bytes, (unsigned long)count, &real_width, &real_height, &subsampling, &colours) != 0
        && tjGetErrorCode(codec) == TJERR_FATAL) {
        status = fail(IMAGE_CODEC_DAMAGED, tjGetErrorStr2(codec), message);
    } else if (real_width != (int)width || real_height != (int)height) {
        status = fail(IMAGE_CODEC_DAMAGED, "the file gives its size twice, with different numbers", message);
    } else if (colours == TJCS_CMYK || colours == TJCS_YCCK) {
        status = decompress_inks(codec, bytes, count, width, height, rgb, message);
    } else {
        status = decompress(codec, bytes, count, rgb, width, height, TJPF_RGB, message);
    }
    tjDestroy(codec);
    return status;
}

ImageCodecStatus image_codec_encode_jpeg(
    const uint8_t *rgb, uint32_t width, uint32_t height, int quality, ImageCodecFile *file, ImageCodecMessage *message) {
    message->text[0] = 0;
    file->bytes = NULL;
    file->count = 0;
    tjhandle codec = tjInitCompress();
    if (!codec) { return fail(IMAGE_CODEC_NO_MEMORY, tjGetErrorStr2(NULL), message); }
    int subsampling = quality < 90 ? TJSAMP_420 : TJSAMP_444;
    unsigned long size = tjBufSize((int)width, (int)height, subsampling);
    ImageCodecStatus status = IMAGE_CODEC_OK;
    uint8_t *bytes = size == (unsigned long)-1 ? NULL : malloc(size);
    if (!bytes) {
        status = fail(IMAGE_CODEC_NO_MEMORY, "no memory for the JPEG file", message);
    } else if (tjCompress2(codec, rgb, (int)width, 0, (int)height, TJPF_RGB, &bytes, &size, subsampling, quality,
                   TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT) != 0) {
        status = fail(IMAGE_CODEC_DAMAGED, tjGetErrorStr2(codec), message);
        free(bytes);
    } else {
        file->bytes = bytes;
        file->count = size;
    }
    tjDestroy(codec);
    return status;
}

void image_codec_free(uint8_t *bytes) { free(bytes); }
