#include "ef_sigmoid.h"

void ef_logistic_s16(
    const ef_sigmoid_params *params, const int16_t *input, const int16_t *table, int16_t *output)
{
    const int32_t half = 1 << 24; /* in steps of 2^-25, as the interpolated values */
    const int32_t largest = (INT16_MAX << 10) - half;

    for (int32_t i = 0; i < params->count; i++) {
        const int32_t x = ef_sigmoid_scaled(params, input[i]);
        const int32_t rise = ef_sigmoid_interpolated(table, x < 0 ? -x : x, 9, largest);
        output[i] = (int16_t)((half + (x < 0 ? -rise - 1 : rise) + (1 << 9)) >> 10);
    }
}
