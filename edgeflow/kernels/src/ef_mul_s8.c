#include "ef_mul.h"

#include "ef_requantize.h"

static int8_t element(const void *scaling, int8_t left, int8_t right)
{
    const ef_mul_scaling *s = (const ef_mul_scaling *)scaling;
    const int32_t product = (left + s->input1_offset) * (right + s->input2_offset);
    const int32_t value = ef_requantize(product, s->multiplier, s->shift) + s->output_offset;
    return (int8_t)ef_clamp(value, s->activation_min, s->activation_max);
}

void ef_mul_s8(const ef_mul_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const ef_mul_scaling scaling = params->scaling; /* a copy that no store to output can change */

    ef_broadcast_s8(&params->broadcast, element, &scaling, input1, input2, output);
}
