#include "ef_softmax_row.h"

void ef_softmax_s8_s16(const ef_softmax_params *params, const int8_t *input, int16_t *output)
{
    for (int32_t row = 0; row < params->rows; row++) {
        const ef_softmax_row of = ef_softmax_row_of(params, input);
        for (int32_t i = 0; i < params->classes; i++) {
            const int32_t value = INT16_MIN + ef_softmax_value(params, &of, input[i], 8);
            output[i] = (int16_t)ef_clamp(value, INT16_MIN, INT16_MAX);
        }
        input += params->classes;
        output += params->classes;
    }
}
