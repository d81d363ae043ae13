#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

EF_PICTURE_INSTANCE uint16_t *put(uint16_t *line, ef_rgb low, ef_rgb high, uint32_t weight)
{
    line[0] = (uint16_t)((low.red << 8) + (high.red - low.red) * weight);
    line[1] = (uint16_t)((low.green << 8) + (high.green - low.green) * weight);
    line[2] = (uint16_t)((low.blue << 8) + (high.blue - low.blue) * weight);
    return line + 3;
}

/* p[low] * (256 - weight) + p[high] * weight for each pixel of the destination's row. */
EF_PICTURE_INSTANCE void blend_line(
    const ef_picture *picture, const uint8_t *row, uint16_t *line, int format)
{
    const uint32_t first = picture->source.x;
    const uint32_t last = picture->source.width - 1u;
    const int32_t step = (int32_t)picture->x_step;
    uint16_t *const end = line + (uint32_t)picture->destination.width * 3u;
    int32_t place = (step >> 1) - 32768;

    const ef_rgb left = ef_rgb_at(row, first, format);
    for (; line < end && place < 0; place += step) {
        line = put(line, left, left, 0u);
    }
    for (; line < end && place < (int32_t)(last << 16); place += step) {
        const uint32_t x = first + ((uint32_t)place >> 16);
        const ef_rgb low = ef_rgb_at(row, x, format);
        line = put(line, low, ef_rgb_at(row, x + 1u, format), (uint32_t)place >> 8 & 255u);
    }
    const ef_rgb right = ef_rgb_at(row, first + last, format);
    while (line < end) {
        line = put(line, right, right, 0u);
    }
}

static void line_of(const ef_picture *picture, const uint8_t *row, uint16_t *line)
{
    switch (picture->format) {
    case EF_FRAME_GRAY8:
        blend_line(picture, row, line, EF_FRAME_GRAY8);
        break;
    case EF_FRAME_RGB888:
        blend_line(picture, row, line, EF_FRAME_RGB888);
        break;
    case EF_FRAME_RGB565:
        blend_line(picture, row, line, EF_FRAME_RGB565);
        break;
    default:
        blend_line(picture, row, line, EF_FRAME_YUYV);
        break;
    }
}

void ef_picture_bilinear_rgb(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    ef_picture_bilinear(params, picture, work, row, output, line_of);
}
