/* Pixels of a frame's row by position: grey, or red, green and blue. The format is a constant in every use,
 * so that one loop becomes an instance for each format. */
#ifndef EF_PICTURE_PIXEL_H
#define EF_PICTURE_PIXEL_H

#include "ef_picture.h"

#if defined(__GNUC__)
#define EF_PICTURE_INSTANCE static inline __attribute__((always_inline))
typedef uint32_t __attribute__((may_alias)) ef_picture_word;
#else
#define EF_PICTURE_INSTANCE static inline
#endif

typedef struct {
    uint32_t red;
    uint32_t green;
    uint32_t blue;
} ef_rgb;

static inline uint32_t ef_limit_byte(int32_t value)
{
    return value < 0 ? 0u : value > 255 ? 255u : (uint32_t)value;
}

/* Copies bytes xor flip, by words where both are aligned. */
static inline void ef_picture_copy_bytes(const uint8_t *from, uint8_t *to, uint32_t count, uint32_t flip)
{
    uint32_t i = 0;
#if defined(__GNUC__)
    if ((((uintptr_t)from | (uintptr_t)to) & 3u) == 0u) {
        const ef_picture_word *from_word = (const ef_picture_word *)(const void *)from;
        ef_picture_word *to_word = (ef_picture_word *)(void *)to;
        for (; i + 4u <= count; i += 4u) {
            *to_word++ = *from_word++ ^ flip * 0x01010101u;
        }
    }
#endif
    for (; i < count; i++) {
        to[i] = (uint8_t)(from[i] ^ flip);
    }
}

EF_PICTURE_INSTANCE ef_rgb ef_rgb_of_565(const uint8_t *pixel)
{
    const uint32_t bits = pixel[0] | (uint32_t)pixel[1] << 8;
    const ef_rgb color = {
        (bits >> 8 & 0xF8u) | bits >> 13,
        (bits >> 3 & 0xFCu) | (bits >> 9 & 3u),
        (bits << 3 & 0xF8u) | (bits >> 2 & 7u),
    };
    return color;
}

/* Right shifts of negative numbers are arithmetic in every compiler that this is for. */
EF_PICTURE_INSTANCE ef_rgb ef_rgb_of_yuyv(const uint8_t *pair, uint32_t second)
{
    const int32_t y = second ? pair[2] : pair[0];
    const int32_t u = pair[1] - 128;
    const int32_t v = pair[3] - 128;
    const ef_rgb color = {
        ef_limit_byte(y + ((91881 * v + 32768) >> 16)),
        ef_limit_byte(y - ((22554 * u + 46802 * v + 32768) >> 16)),
        ef_limit_byte(y + ((116130 * u + 32768) >> 16)),
    };
    return color;
}

EF_PICTURE_INSTANCE ef_rgb ef_rgb_at(const uint8_t *row, uint32_t x, int format)
{
    if (format == EF_FRAME_RGB565) {
        return ef_rgb_of_565(row + 2u * x);
    }
    if (format == EF_FRAME_YUYV) {
        return ef_rgb_of_yuyv(row + 4u * (x / 2u), x & 1u);
    }
    const uint8_t *pixel = format == EF_FRAME_RGB888 ? row + 3u * x : row + x;
    const uint32_t next = format == EF_FRAME_RGB888 ? 1u : 0u;
    const ef_rgb color = {pixel[0], pixel[next], pixel[2u * next]};
    return color;
}

EF_PICTURE_INSTANCE uint32_t ef_grey_at(const uint8_t *row, uint32_t x, int format)
{
    if (format == EF_FRAME_GRAY8) {
        return row[x];
    }
    if (format == EF_FRAME_YUYV) {
        return row[2u * x];
    }
    const ef_rgb color = ef_rgb_at(row, x, format);
    return (color.red * 19595u + color.green * 38470u + color.blue * 7471u + 32768u) >> 16;
}

#endif
