#include "ef_picture_rows.h"

/* The share of a row of which `left` of destination.height units are not yet counted; returns what is left
 * after it. A box has source.height units. */
static uint32_t take_share(ef_picture *picture, uint32_t left, ef_picture_share *share)
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

void ef_picture_area(
    const ef_picture_params *params,
    ef_picture *picture,
    uint32_t *sums,
    const uint8_t *row,
    uint8_t *output,
    ef_picture_sum_function *add_row)
{
    uint32_t left = picture->destination.height;
    ef_picture_share share;

    share.flip = params->flip;
    while (left > 0u) {
        left = take_share(picture, left, &share);
        share.output = ef_picture_next(params, picture, output);
        add_row(picture, row, sums, &share);
        picture->done += share.is_last;
    }
}
