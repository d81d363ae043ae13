#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

EF_PICTURE_INSTANCE void sum(ef_picture_boxes *boxes, uint32_t *sums, uint32_t count, int format)
{
    const uint8_t *row = boxes->row;
    const uint32_t units = boxes->units;
    const uint32_t box = boxes->box;
    uint32_t x = boxes->x;
    uint32_t left = boxes->left;
    uint32_t last = boxes->last[0];

    for (uint32_t i = 0; i < count; i++) {
        if (left >= box) { /* all in one pixel */
            sums[i] = last * box;
            left -= box;
            continue;
        }
        uint32_t inside = 0;
        uint32_t room = box - left;
        for (; room >= units; room -= units) {
            inside += ef_grey_at(row, x++, format);
        }
        uint32_t total = last * left + inside * units;
        left = 0;
        if (room > 0u) {
            last = ef_grey_at(row, x++, format);
            total += last * room;
            left = units - room;
        }
        sums[i] = total;
    }
    boxes->x = x;
    boxes->left = left;
    boxes->last[0] = last;
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

void ef_picture_area_grey(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    ef_picture_area(params, picture, work, row, output, sum_boxes);
}
