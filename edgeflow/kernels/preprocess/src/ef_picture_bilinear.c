#include "ef_picture_rows.h"

/* Where a row of the destination lies between two of the source, and the second's weight in 1/256. */
typedef struct {
    uint32_t low;
    uint32_t high;
    uint32_t weight;
} taps;

static taps taps_of(const ef_picture *picture, uint32_t y)
{
    const uint32_t last = picture->source.height - 1u;
    const int32_t step = (int32_t)picture->y_step;
    const int32_t place = (step >> 1) - 32768 + (int32_t)y * step;
    taps rows = {0u, 0u, 0u};
    if (place >= (int32_t)(last << 16)) {
        rows.low = last;
        rows.high = last;
        return rows;
    }
    if (place > 0) {
        rows.low = (uint32_t)place >> 16;
        rows.weight = (uint32_t)place >> 8 & 255u;
    }
    rows.high = rows.low < last ? rows.low + 1u : last;
    return rows;
}

/* (low * (256 - weight) + high * weight + 32768) >> 16 */
static void blend(
    const uint16_t *low, const uint16_t *high, uint32_t weight, uint8_t *output, uint32_t count, uint32_t flip)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t difference = (uint32_t)high[i] - low[i];
        const uint32_t sum = ((uint32_t)low[i] << 8) + 32768u + difference * weight;
        output[i] = (uint8_t)(sum >> 16 ^ flip);
    }
}

void ef_picture_bilinear(
    const ef_picture_params *params,
    ef_picture *picture,
    uint16_t *lines,
    const uint8_t *row,
    uint8_t *output,
    ef_picture_line_function *line_of)
{
    const uint32_t y = picture->row - picture->source.y;
    const uint32_t length = (uint32_t)params->width * params->channels;
    const uint32_t count = (uint32_t)picture->destination.width * params->channels;
    const uint32_t height = picture->destination.height;
    taps next = taps_of(picture, picture->done);

    if (picture->done >= height || y < next.low) {
        return;
    }
    line_of(picture, row, lines + (y & 1u) * length); /* two rows in sequence have places of their own */
    while (picture->done < height && next.high == y) {
        const uint16_t *low = lines + (next.low & 1u) * length;
        const uint16_t *high = lines + (next.high & 1u) * length;
        blend(low, high, next.weight, ef_picture_next(params, picture, output), count, params->flip);
        picture->done++;
        next = taps_of(picture, picture->done);
    }
}
