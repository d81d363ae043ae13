#include "ef_picture_box.h"
#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

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
    uint32_t pixel = 0; /* of which `left` units are not yet counted */
    uint32_t left = 0;

    for (uint32_t i = 0; i < m; i++) {
        uint32_t sum = pixel * (left < n ? left : n);
        if (left >= n) {
            left -= n;
        } else {
            const ef_picture_box box = ef_picture_box_of(left, whole, rest, m);
            uint32_t inside = 0;
            for (const uint32_t end = x + box.count; x < end; x++) {
                inside += ef_grey_at(row, x, format);
            }
            sum += inside * m;
            left = 0;
            if (box.tail > 0u) {
                pixel = ef_grey_at(row, x++, format);
                sum += pixel * box.tail;
                left = m - box.tail;
            }
        }
        const uint32_t total = sums[i] + counts.now * sum;
        sums[i] = total;
        if (counts.is_last != 0u) {
            counts.output[i] = (uint8_t)(ef_picture_average(&divider, total) ^ counts.flip);
            sums[i] = counts.later * sum;
        }
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

void ef_picture_area_grey(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    ef_picture_area(params, picture, work, row, output, add_row);
}
