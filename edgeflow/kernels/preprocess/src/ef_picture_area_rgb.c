#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

/* color * factor + sum */
EF_PICTURE_INSTANCE ef_rgb add_times(ef_rgb sum, ef_rgb color, uint32_t factor)
{
    const ef_rgb result = {
        sum.red + color.red * factor,
        sum.green + color.green * factor,
        sum.blue + color.blue * factor,
    };
    return result;
}

EF_PICTURE_INSTANCE void sum(ef_picture_boxes *boxes, uint32_t *sums, uint32_t count, int format)
{
    const ef_rgb none = {0u, 0u, 0u};
    const uint8_t *row = boxes->row;
    const uint32_t units = boxes->units;
    const uint32_t box = boxes->box;
    uint32_t x = boxes->x;
    uint32_t left = boxes->left;
    ef_rgb last = {boxes->last[0], boxes->last[1], boxes->last[2]};

    for (uint32_t i = 0; i < 3u * count; i += 3u) {
        ef_rgb total = none;
        if (left >= box) { /* all in one pixel */
            total = add_times(none, last, box);
            left -= box;
        } else {
            uint32_t room = box - left;
            for (; room >= units; room -= units) {
                total = add_times(total, ef_rgb_at(row, x++, format), 1u);
            }
            total = add_times(add_times(none, last, left), total, units);
            left = 0;
            if (room > 0u) {
                last = ef_rgb_at(row, x++, format);
                total = add_times(total, last, room);
                left = units - room;
            }
        }
        sums[i] = total.red;
        sums[i + 1u] = total.green;
        sums[i + 2u] = total.blue;
    }
    boxes->x = x;
    boxes->left = left;
    boxes->last[0] = last.red;
    boxes->last[1] = last.green;
    boxes->last[2] = last.blue;
}

static void sum_boxes(ef_picture_boxes *boxes, int format, uint32_t *sums, uint32_t count)
{
    switch (format) {
    case EF_FRAME_GRAY8:
        sum(boxes, sums, count, EF_FRAME_GRAY8);
        break;
    case EF_FRAME_RGB888:
        sum(boxes, sums, count, EF_FRAME_RGB888);
        break;
    case EF_FRAME_RGB565:
        sum(boxes, sums, count, EF_FRAME_RGB565);
        break;
    default:
        sum(boxes, sums, count, EF_FRAME_YUYV);
        break;
    }
}

void ef_picture_area_rgb(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    ef_picture_area(params, picture, work, row, output, sum_boxes);
}
