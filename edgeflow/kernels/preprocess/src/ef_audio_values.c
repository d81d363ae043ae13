#include "ef_audio.h"

void ef_audio_values(const ef_audio_clip_params *params, uint8_t *row)
{
    const int32_t width = params->width;

    if (params->table == 0) {
        for (int32_t i = 0; i < width; i++) {
            row[i] ^= params->flip;
        }
    } else if (params->value_bytes == 1) {
        const uint8_t *table = params->table;
        for (int32_t i = 0; i < width; i++) {
            row[i] = table[row[i]];
        }
    } else if (params->value_bytes == 2) {
        const int16_t *table = params->table;
        int16_t *values = (int16_t *)(void *)row; /* the caller's input is aligned to its values */
        for (int32_t i = 0; i < width; i++) {
            values[i] = table[row[width + i]]; /* byte i is read before a value lies there */
        }
    } else {
        const float *table = params->table;
        float *values = (float *)(void *)row;
        for (int32_t i = 0; i < width; i++) {
            values[i] = table[row[3 * width + i]];
        }
    }
}
