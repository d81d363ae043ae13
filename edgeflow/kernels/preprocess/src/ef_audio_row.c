#include "ef_audio.h"

static uint8_t limited(int32_t value)
{
    if (value < 0) {
        return 0;
    }
    return (uint8_t)(value < 255 ? value : 255);
}

void ef_audio_row(const ef_audio_params *params, const int16_t *levels, uint8_t *row)
{
    const int32_t bands = params->mel_bands;
    const int16_t *cosine = params->cosine;

    if (params->coefficients == 0) {
        for (int32_t band = 0; band < bands; band++) {
            row[band] = (uint8_t)((levels[band] * params->byte_multiplier + (1 << 19)) >> 20);
        }
        return;
    }
    for (int32_t k = 0; k < params->coefficients; k++) {
        int64_t sum = (int64_t)1 << (params->row_shift - 1);
        for (int32_t band = 0; band < bands; band++) {
            sum += levels[band] * *cosine++;
        }
        row[k] = limited((int32_t)(sum >> params->row_shift) + (k == 0 ? 0 : 128));
    }
}
