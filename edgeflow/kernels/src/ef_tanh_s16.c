#include "ef_sigmoid.h"

void ef_tanh_s16(const ef_sigmoid_params *params, const int16_t *input, const int16_t *table, int16_t *output)
{
    const int32_t largest = INT16_MAX << 8;

    for (int32_t i = 0; i < params->count; i++) {
        const int32_t x = ef_sigmoid_scaled(params, input[i]);
        const int32_t rise = ef_sigmoid_interpolated(table, x < 0 ? -x : x, 8, largest);
        output[i] = (int16_t)(((x < 0 ? -rise - 1 : rise) + (1 << 7)) >> 8);
    }
}
