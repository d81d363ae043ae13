#include "ef_prelu.h"

#include "ef_requantize.h"

static int8_t element(const void *scaling, int8_t left, int8_t right)
{
    const ef_prelu_scaling *s = (const ef_prelu_scaling *)scaling;
    const int32_t input = left + s->input_offset;
    int32_t value;

    if (input >= 0) {
        value = ef_requantize(input, s->identity_multiplier, s->identity_shift);
    } else {
        value = ef_requantize(input * (right + s->slope_offset), s->slope_multiplier, s->slope_shift);
    }
    return (int8_t)ef_clamp(value + s->output_offset, INT8_MIN, INT8_MAX);
}

void ef_prelu_s8(const ef_prelu_params *params, const int8_t *input, const int8_t *slopes, int8_t *output)
{
    const ef_prelu_scaling scaling = params->scaling; /* a copy that no store to output can change */

    ef_broadcast_s8(&params->broadcast, element, &scaling, input, slopes, output);
}
