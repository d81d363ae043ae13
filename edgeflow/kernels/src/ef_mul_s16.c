#include "ef_mul.h"

#include "ef_requantize.h"

static int16_t element(const void *scaling, int16_t left, int16_t right)
{
    const ef_mul_scaling *s = (const ef_mul_scaling *)scaling;
    const int32_t value = ef_requantize(left * right, s->multiplier, s->shift);
    return (int16_t)ef_clamp(value, s->activation_min, s->activation_max);
}

void ef_mul_s16(const ef_mul_params *params, const int16_t *input1, const int16_t *input2, int16_t *output)
{
    const ef_mul_scaling scaling = params->scaling; /* a copy that no store to output can change */

    ef_broadcast_s16(&params->broadcast, element, &scaling, input1, input2, output);
}
