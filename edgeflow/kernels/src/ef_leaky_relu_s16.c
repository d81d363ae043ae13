#include "ef_leaky_relu.h"

#include "ef_requantize.h"

void ef_leaky_relu_s16(const ef_leaky_relu_params *params, const int16_t *input, int16_t *output)
{
    const ef_leaky_relu_params *p = params;

    for (int32_t i = 0; i < p->count; i++) {
        const int32_t value = input[i] >= 0
            ? ef_requantize(input[i], p->identity_multiplier, p->identity_shift)
            : ef_requantize(input[i], p->slope_multiplier, p->slope_shift);
        output[i] = (int16_t)ef_clamp(value, INT16_MIN, INT16_MAX);
    }
}
