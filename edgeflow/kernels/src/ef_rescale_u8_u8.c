#include "ef_rescale.h"

#include "ef_requantize.h"

void ef_rescale_u8_u8(const ef_rescale_params *params, const uint8_t *input, uint8_t *output)
{
    const ef_rescale_params *p = params;

    for (int32_t i = 0; i < p->count; i++) {
        const int32_t scaled = ef_requantize(input[i] + p->input_offset, p->multiplier, p->shift);
        output[i] = (uint8_t)ef_clamp(scaled + p->output_offset, p->output_min, p->output_max);
    }
}
