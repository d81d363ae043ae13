#include "ef_picture_pixel.h"
#include "ef_picture_rows.h"

/* p[low] * (256 - weight) + p[high] * weight for each pixel of the destination's row. */
EF_PICTURE_INSTANCE void blend_line(
    const ef_picture *picture, const uint8_t *row, uint16_t *line, int format)
{
    const uint32_t first = picture->source.x;
    const uint32_t last = picture->source.width - 1u;
    const int32_t step = (int32_t)picture->x_step;
    uint16_t *const end = line + picture->destination.width;
    int32_t place = (step >> 1) - 32768;

    const uint32_t left = ef_grey_at(row, first, format);
    for (; line < end && place < 0; place += step) {
        *line++ = (uint16_t)(left << 8);
    }
    for (; line < end && place < (int32_t)(last << 16); place += step) {
        const uint32_t x = first + ((uint32_t)place >> 16);
        const uint32_t low = ef_grey_at(row, x, format);
        const uint32_t high = ef_grey_at(row, x + 1u, format);
        *line++ = (uint16_t)((low << 8) + (high - low) * ((uint32_t)place >> 8 & 255u));
    }
    const uint32_t right = ef_grey_at(row, first + last, format);
    while (line < end) {
        *line++ = (uint16_t)(right << 8);
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

void ef_picture_bilinear_grey(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, uint8_t *output)
{
    ef_picture_bilinear(params, picture, work, row, output, line_of);
}
