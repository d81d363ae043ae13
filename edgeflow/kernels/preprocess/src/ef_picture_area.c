#include "ef_picture_rows.h"

#define CHUNK_BOXES 16u /* as many as a row is summed at a time */

/* How a row of the source counts for the sums: `now` times for the destination's next row, which it completes
 * if `is_last`, and then `later` times for the one after it. */
typedef struct {
    uint32_t now;
    uint32_t later;
    uint32_t is_last;
} row_share;

/* Divides sums by the source's pixels, rounding to nearest; the averages are written xor flip. */
typedef struct {
    uint32_t divisor; /* shifted so that its highest bit is bit 23 */
    uint32_t shift;
    uint32_t reciprocal;
    uint32_t half;
    uint32_t flip;
} sum_divider;

/* The share of a row of which `left` of destination.height units are not yet counted; returns what is left
 * after it. A box has source.height units. */
static uint32_t take_share(ef_picture *picture, uint32_t left, row_share *share)
{
    const uint32_t box = picture->source.height;
    const uint32_t room = box - picture->filled;

    share->is_last = left >= room ? 1u : 0u;
    if (left < room) {
        share->now = left;
        share->later = 0u;
        picture->filled += left;
        return 0u;
    }
    left -= room;
    share->now = room;
    share->later = left < box ? left : 0u; /* else the next share is a whole box */
    picture->filled = share->later;
    return left - share->later;
}

static void add(const row_share *share, const uint32_t *row_sums, uint32_t *sums, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sums[i] += share->now * row_sums[i];
    }
}

/* The estimate is the quotient or one less: the reciprocal lacks at most 1/2^14 of itself, the bits that are
 * shifted out of the sum 1/64 of the divisor, and the quotient is below 256. */
static uint32_t average(const sum_divider *by, uint32_t sum)
{
    const uint32_t shifted = (sum + by->half) << by->shift;
    const uint32_t estimate = ((shifted >> 17) * by->reciprocal) >> 23;
    return shifted - estimate * by->divisor >= by->divisor ? estimate + 1u : estimate;
}

/* As add, for the last row of a box: `output` is where the averages go. */
static void finish(
    const sum_divider *by, const row_share *share, const uint32_t *row_sums, uint32_t *sums, uint8_t *output,
    uint32_t count)
{
    const sum_divider divider = *by;
    const row_share counts = *share;

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t sum = row_sums[i];
        output[i] = (uint8_t)(average(&divider, sums[i] + counts.now * sum) ^ divider.flip);
        sums[i] = counts.later * sum;
    }
}

void ef_picture_area(
    const ef_picture_params *params,
    ef_picture *picture,
    uint32_t *sums,
    const uint8_t *row,
    uint8_t *output,
    ef_picture_sum_function *sum_boxes)
{
    const uint32_t width = picture->destination.width;
    const uint32_t pixels = (uint32_t)picture->source.width * picture->source.height;
    const uint32_t shift = picture->shift;
    const sum_divider by = {pixels << shift, shift, picture->reciprocal, pixels / 2u, params->flip};
    uint32_t row_sums[3u * CHUNK_BOXES];
    uint32_t left = picture->destination.height;
    row_share share;

    while (left > 0u) {
        ef_picture_boxes boxes = {row, picture->source.x, width, picture->source.width, 0u, {0u, 0u, 0u}};
        uint8_t *to = ef_picture_next(params, picture, output);
        left = take_share(picture, left, &share);
        for (uint32_t done = 0, chunk = CHUNK_BOXES; done < width; done += chunk) {
            chunk = width - done < chunk ? width - done : chunk;
            const uint32_t first = done * params->channels;
            const uint32_t count = chunk * params->channels;
            sum_boxes(&boxes, picture->format, row_sums, chunk);
            if (share.is_last != 0u) {
                finish(&by, &share, row_sums, sums + first, to + first, count);
            } else {
                add(&share, row_sums, sums + first, count);
            }
        }
        picture->done += share.is_last;
    }
}
