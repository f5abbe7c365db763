#include "CImageCodecs.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/// What one call works on. It lives in the caller's frame, so its fields stay defined across the longjmp that ends a
/// failed call.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
    uint32_t width;
    uint32_t height;
    uint8_t *rows;
    ImageCodecFile written;
    size_t capacity;
    ImageCodecStatus status;
    ImageCodecMessage *message;
} Work;

static void keep_error(png_structp png, png_const_charp text) {
    Work *work = png_get_error_ptr(png);
    if (work->status == IMAGE_CODEC_OK) { work->status = IMAGE_CODEC_DAMAGED; }
    strncpy(work->message->text, text, sizeof work->message->text - 1);
    work->message->text[sizeof work->message->text - 1] = 0;
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
    Work *work = png_get_io_ptr(png);
    if (count > work->count - work->position) {
        work->status = IMAGE_CODEC_TRUNCATED;
        png_error(png, "the file ends early");
    }
    memcpy(target, work->bytes + work->position, count);
    work->position += count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
    Work *work = png_get_io_ptr(png);
    if (work->written.count + count > work->capacity) {
        size_t capacity = (work->capacity + count) * 2;
        uint8_t *larger = realloc(work->written.bytes, capacity);
        if (!larger) {
            work->status = IMAGE_CODEC_NO_MEMORY;
            png_error(png, "no memory for the PNG file");
        }
        work->written.bytes = larger;
        work->capacity = capacity;
    }
    memcpy(work->written.bytes + work->written.count, source, count);
    work->written.count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

static void store_row(const uint8_t *row, uint32_t width, int channels, uint8_t *rgb) {
    if (channels == 3) {
        memcpy(rgb, row, (size_t)width * 3);
        return;
    }
    for (size_t x = 0; x < width; x++) {
        unsigned alpha = row[x * 4 + 3];
        for (size_t c = 0; c < 3; c++) {
            rgb[x * 3 + c] = (uint8_t)((row[x * 4 + c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
    }
}

static void read_picture(png_structp png, png_infop info, Work *work, uint8_t *rgb) {
    if (setjmp(png_jmpbuf(png))) { return; }
    png_set_read_fn(png, work, read_bytes);
    // Colour profiles and text are never used here, and may be bombs of their own.
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    png_set_chunk_cache_max(png, 64);
    png_set_chunk_malloc_max(png, 4 << 20);
    png_set_user_limits(png, work->width, work->height);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != work->width || png_get_image_height(png, info) != work->height) {
        png_error(png, "the file gives its size twice, with different numbers");
    }
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    int channels = png_get_channels(png, info);
    size_t stride = png_get_rowbytes(png, info);
    if ((channels != 3 && channels != 4) || stride != (size_t)work->width * (size_t)channels) {
        png_error(png, "unexpected row layout");
    }
    // An interlaced picture is woven over several passes and needs all its rows at once.
    size_t kept_rows = passes > 1 ? work->height : 1;
    work->rows = calloc(kept_rows, stride);
    if (!work->rows) {
        work->status = IMAGE_CODEC_NO_MEMORY;
        png_error(png, "no memory for the rows");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < work->height; y++) {
            uint8_t *row = work->rows + (passes > 1 ? y * stride : 0);
            png_read_row(png, row, NULL);
            if (pass == passes - 1) { store_row(row, work->width, channels, rgb + (size_t)y * work->width * 3); }
        }
    }
    png_read_end(png, NULL);
}

ImageCodecStatus image_codec_decode_png(
    const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb, ImageCodecMessage *message) {
    message->text[0] = 0;
    Work work = {.bytes = bytes, .count = count, .width = width, .height = height, .message = message};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &work, keep_error, ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (info) {
        read_picture(png, info, &work, rgb);
    } else {
        work.status = IMAGE_CODEC_NO_MEMORY;
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(work.rows);
    return work.status;
}

static void write_picture(png_structp png, png_infop info, Work *work, const uint8_t *rgb) {
    if (setjmp(png_jmpbuf(png))) { return; }
    png_set_write_fn(png, work, write_bytes, flush_nothing);
    png_set_IHDR(
        png, info, work->width, work->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    // Photos hardly shrink further at higher levels, and take many times as long.
    png_set_compression_level(png, 3);
    png_write_info(png, info);
    for (uint32_t y = 0; y < work->height; y++) { png_write_row(png, rgb + (size_t)y * work->width * 3); }
    png_write_end(png, info);
}

ImageCodecStatus image_codec_encode_png(
    const uint8_t *rgb, uint32_t width, uint32_t height, ImageCodecFile *file, ImageCodecMessage *message) {
    message->text[0] = 0;
    Work work = {.width = width, .height = height, .message = message};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &work, keep_error, ignore_warning);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (info) {
        write_picture(png, info, &work, rgb);
    } else {
        work.status = IMAGE_CODEC_NO_MEMORY;
    }
    png_destroy_write_struct(&png, &info);
    if (work.status != IMAGE_CODEC_OK) {
        free(work.written.bytes);
        work.written = (ImageCodecFile){0};
    }
    *file = work.written;
    return work.status;
}
