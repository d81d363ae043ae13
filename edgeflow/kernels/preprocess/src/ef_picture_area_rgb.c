#include "ef_picture_box.h"
#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

EF_PICTURE_INSTANCE ef_rgb times(ef_rgb color, uint32_t factor)
{
    const ef_rgb product = {color.red * factor, color.green * factor, color.blue * factor};
    return product;
}

EF_PICTURE_INSTANCE ef_rgb plus(ef_rgb a, ef_rgb b)
{
    const ef_rgb sum = {a.red + b.red, a.green + b.green, a.blue + b.blue};
    return sum;
}

EF_PICTURE_INSTANCE void count(
    uint32_t *total, uint8_t *output, uint32_t sum, const ef_picture_share *share,
    const ef_picture_divider *divider)
{
    *total += share->now * sum;
    if (share->is_last != 0u) {
        *output = (uint8_t)(ef_picture_average(divider, *total) ^ share->flip);
        *total = share->later * sum;
    }
}

EF_PICTURE_INSTANCE void add(
    const ef_picture *picture, const uint8_t *row, uint32_t *sums, const ef_picture_share *share, int format)
{
    const ef_picture_divider divider = ef_picture_divider_of(picture);
    const ef_picture_share counts = *share;
    const uint32_t n = picture->source.width;
    const uint32_t m = picture->destination.width;
    const uint32_t whole = picture->x_step >> 16;
    const uint32_t rest = n - whole * m;
    uint32_t x = picture->source.x;
    ef_rgb pixel = {0, 0, 0}; /* of which `left` units are not yet counted */
    uint32_t left = 0;

    for (uint32_t i = 0; i < 3u * m; i += 3u) {
        ef_rgb sum = times(pixel, left < n ? left : n);
        if (left >= n) {
            left -= n;
        } else {
            const ef_picture_box box = ef_picture_box_of(left, whole, rest, m);
            ef_rgb inside = {0, 0, 0};
            for (const uint32_t end = x + box.count; x < end; x++) {
                inside = plus(inside, ef_rgb_at(row, x, format));
            }
            sum = plus(sum, times(inside, m));
            left = 0;
            if (box.tail > 0u) {
                pixel = ef_rgb_at(row, x++, format);
                sum = plus(sum, times(pixel, box.tail));
                left = m - box.tail;
            }
        }
        count(sums + i, counts.output + i, sum.red, &counts, &divider);
        count(sums + i + 1, counts.output + i + 1, sum.green, &counts, &divider);
        count(sums + i + 2, counts.output + i + 2, sum.blue, &counts, &divider);
    }
}

static void add_row(
    const ef_picture *picture, const uint8_t *row, uint32_t *sums, const ef_picture_share *share)
{
    switch (picture->format) {
    case EF_FRAME_GRAY8:
        add(picture, row, sums, share, EF_FRAME_GRAY8);
        break;
    case EF_FRAME_RGB888:
        add(picture, row, sums, share, EF_FRAME_RGB888);
        break;
    case EF_FRAME_RGB565:
        add(picture, row, sums, share, EF_FRAME_RGB565);
        break;
    default:
        add(picture, row, sums, share, EF_FRAME_YUYV);
        break;
    }
}

void ef_picture_area_rgb(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    ef_picture_area(params, picture, work, row, output, add_row);
}
