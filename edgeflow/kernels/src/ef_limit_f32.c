#include "ef_elements_f32.h"

void ef_limit_f32(const ef_limit_f32_params *params, const float *input, float *output)
{
    const ef_limit_f32_params p = *params; /* a copy that no store to output can change */

    for (int32_t i = 0; i < p.count; i++) {
        const float value = input[i];
        const float limited = p.has_high != 0 && value > p.high ? p.high : value;
        const int is_low = p.low_wins != 0 ? !(value > p.low) : value < p.low;
        output[i] = is_low ? p.low : limited;
    }
}
