#include "ef_picture_values.h"

void ef_picture_values_8(const ef_picture_params *params, uint8_t *row)
{
    const uint8_t *table = params->table;
    const uint32_t channels = params->table_count;
    const uint32_t count = (uint32_t)params->width * params->channels;

    for (uint32_t channel = 0; channel < channels; channel++) {
        for (uint32_t i = channel; i < count; i += channels) {
            row[i] = table[row[i]];
        }
        table += 256;
    }
}
