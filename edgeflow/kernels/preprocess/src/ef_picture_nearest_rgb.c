#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

/* Position i is floor((2i + 1) * n / 2m): steps of n/m with the remainder carried. */
EF_PICTURE_INSTANCE void pick(
    const ef_picture *picture, const uint8_t *row, uint8_t *output, uint32_t flip, int format)
{
    const uint32_t n = picture->source.width;
    const uint32_t m = picture->destination.width;
    const uint32_t whole = picture->x_step >> 16;
    const uint32_t part = 2u * (n - whole * m);
    uint32_t x = picture->source.x + whole / 2u;
    uint32_t carried = n - whole / 2u * (2u * m);

    for (uint32_t i = 0; i < m; i++) {
        const ef_rgb color = ef_rgb_at(row, x, format);
        output[0] = (uint8_t)(color.red ^ flip);
        output[1] = (uint8_t)(color.green ^ flip);
        output[2] = (uint8_t)(color.blue ^ flip);
        output += 3;
        x += whole;
        carried += part;
        if (carried >= 2u * m) {
            carried -= 2u * m;
            x++;
        }
    }
}

/* The row of the source that the destination's next row takes. */
static uint32_t wanted(const ef_picture *picture)
{
    const uint32_t m = picture->destination.height;
    return picture->source.y + (2u * picture->done + 1u) * picture->source.height / (2u * m);
}

void ef_picture_nearest_rgb(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    (void)work;
    while (picture->done < picture->destination.height && wanted(picture) == picture->row) {
        uint8_t *to = ef_picture_next(params, picture, output);
        switch (picture->format) {
        case EF_FRAME_GRAY8:
            pick(picture, row, to, params->flip, EF_FRAME_GRAY8);
            break;
        case EF_FRAME_RGB888:
            pick(picture, row, to, params->flip, EF_FRAME_RGB888);
            break;
        case EF_FRAME_RGB565:
            pick(picture, row, to, params->flip, EF_FRAME_RGB565);
            break;
        default:
            pick(picture, row, to, params->flip, EF_FRAME_YUYV);
            break;
        }
        picture->done++;
    }
}
