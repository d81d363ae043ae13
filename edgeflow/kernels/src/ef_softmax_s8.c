#include "ef_softmax_row.h"

void ef_softmax_s8(const ef_softmax_params *params, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < params->rows; row++) {
        const ef_softmax_row of = ef_softmax_row_of(params, input);
        for (int32_t i = 0; i < params->classes; i++) {
            const int32_t value = INT8_MIN + ef_softmax_value(params, &of, input[i], 0);
            output[i] = (int8_t)ef_clamp(value, INT8_MIN, INT8_MAX);
        }
        input += params->classes;
        output += params->classes;
    }
}
