#include "ef_add.h"

void ef_add_shifted_s16(
    const ef_add_shifted_params *params, const int16_t *input1, const int16_t *input2, int16_t *output)
{
    const ef_add_shifted_params p = *params; /* a copy that no store to output can change */

    for (int32_t i = 0; i < p.count; i++) {
        const int32_t left = ef_divide_by_power_of_two(input1[i], p.input1_right_shift);
        const int32_t right = ef_divide_by_power_of_two(input2[i], p.input2_right_shift);
        output[i] = (int16_t)ef_clamp(left + p.input2_sign * right, p.activation_min, p.activation_max);
    }
}
