/* Weights along x and the division of sums, for the functions that average boxes. */
#ifndef EF_PICTURE_BOX_H
#define EF_PICTURE_BOX_H

#include "ef_picture_pixel.h"

/* A box along x in units of 1/destination.width of a source pixel: `count` whole pixels, then `tail` units of
 * the next one. */
typedef struct {
    uint32_t count;
    uint32_t tail;
} ef_picture_box;

/* The box that begins `left` units before a pixel's end, where left < n; n = whole * m + rest. */
static inline ef_picture_box ef_picture_box_of(uint32_t left, uint32_t whole, uint32_t rest, uint32_t m)
{
    const ef_picture_box box = {
        rest < left ? whole - 1u : whole,
        rest < left ? rest + m - left : rest - left,
    };
    return box;
}

/* Divides sums by the source's pixels, rounding to nearest. */
typedef struct {
    uint32_t divisor; /* shifted so that its highest bit is bit 23 */
    uint32_t shift;
    uint32_t reciprocal;
    uint32_t half;
} ef_picture_divider;

static inline ef_picture_divider ef_picture_divider_of(const ef_picture *picture)
{
    const uint32_t pixels = (uint32_t)picture->source.width * picture->source.height;
    const ef_picture_divider divider = {
        pixels << picture->shift, picture->shift, picture->reciprocal, pixels / 2u};
    return divider;
}

/* The estimate is the quotient or one less: the reciprocal lacks at most 1/2^14 of itself, the bits that are
 * shifted out of the sum 1/64 of the divisor, and the quotient is below 256. */
static inline uint32_t ef_picture_average(const ef_picture_divider *divider, uint32_t sum)
{
    const uint32_t shifted = (sum + divider->half) << divider->shift;
    const uint32_t estimate = ((shifted >> 17) * divider->reciprocal) >> 23;
    return shifted - estimate * divider->divisor >= divider->divisor ? estimate + 1u : estimate;
}

#endif
