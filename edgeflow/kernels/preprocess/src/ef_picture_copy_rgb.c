#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

EF_PICTURE_INSTANCE void copy(
    const uint8_t *row, uint32_t first, uint8_t *output, uint32_t count, uint32_t flip, int format)
{
    for (uint32_t i = 0; i < count; i++) {
        const ef_rgb color = ef_rgb_at(row, first + i, format);
        output[0] = (uint8_t)(color.red ^ flip);
        output[1] = (uint8_t)(color.green ^ flip);
        output[2] = (uint8_t)(color.blue ^ flip);
        output += 3;
    }
}

void ef_picture_copy_rgb(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    const uint32_t first = picture->source.x;
    const uint32_t count = picture->destination.width;
    const uint32_t flip = params->flip;
    uint8_t *to = ef_picture_next(params, picture, output);
    (void)work;

    switch (picture->format) {
    case EF_FRAME_GRAY8:
        copy(row, first, to, count, flip, EF_FRAME_GRAY8);
        break;
    case EF_FRAME_RGB888:
        ef_picture_copy_bytes(row + 3u * first, to, 3u * count, flip);
        break;
    case EF_FRAME_RGB565:
        copy(row, first, to, count, flip, EF_FRAME_RGB565);
        break;
    default:
        copy(row, first, to, count, flip, EF_FRAME_YUYV);
        break;
    }
    picture->done++;
}
