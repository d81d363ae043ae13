#include "ef_add_dsp.h"

#include "ef_dsp.h"
#include "ef_limit_dsp.h"

void ef_add_s8_dsp(
    const ef_add_dsp_params *params, const int8_t *coarse, const int8_t *fine, int8_t *output)
{
    const ef_add_dsp_params p = *params; /* a copy that no store to output can change */

    for (int32_t i = 0; i < p.count; i++) {
        const int32_t product = ef_multiply_rounded(fine[i] * (1 << 21) + p.fine_offset, p.fine_multiplier);
        const int32_t scaled = (product - (product < 0 ? 1 : 0) + p.fine_half) >> p.fine_shift;
        const int32_t sum = scaled + coarse[i] * (1 << 19) + p.start;
        const int32_t x = ef_multiply_rounded(2 * sum, p.output_multiplier);
        output[i] = (int8_t)ef_saturate_8((x - (x < 0 ? 1 : 0) + p.output_addend) >> p.output_shift);
    }
    ef_limit_dsp(output, p.count, p.activation_min, p.activation_max);
}
