#include "ef_picture_values.h"

void ef_picture_values_32(const ef_picture_params *params, uint8_t *row)
{
    const float *table = params->table;
    const uint32_t last = params->table_count - 1u;
    const uint32_t count = (uint32_t)params->width * params->channels;
    const uint8_t *pixels = row + 3u * count;
    float *values = (float *)(void *)row;
    uint32_t channel = 0;

    for (uint32_t i = 0; i < count; i++) { /* values[i] ends at the first pixel behind i, or before it */
        values[i] = table[256u * channel + pixels[i]];
        channel = channel == last ? 0u : channel + 1u;
    }
}
