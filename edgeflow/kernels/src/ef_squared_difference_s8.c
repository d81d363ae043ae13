#include "ef_squared_difference.h"

#include "ef_requantize.h"

static int8_t element(const void *scaling, int8_t left, int8_t right)
{
    const ef_squared_difference_scaling *s = (const ef_squared_difference_scaling *)scaling;
    const int32_t a = (left + s->input1_offset) * (1 << 7);
    const int32_t b = (right + s->input2_offset) * (1 << 7);
    const int32_t difference = ef_requantize(a, s->input1_multiplier, s->input1_shift)
        - ef_requantize(b, s->input2_multiplier, s->input2_shift);
    const int32_t square = difference * difference; /* below 2^30: the difference is below 2^15 */
    const int32_t value = ef_requantize(square, s->output_multiplier, s->output_shift);
    return (int8_t)ef_clamp(value + s->output_offset, INT8_MIN, INT8_MAX);
}

void ef_squared_difference_s8(
    const ef_squared_difference_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const ef_squared_difference_scaling scaling = params->scaling; /* a copy that no store can change */

    ef_broadcast_s8(&params->broadcast, element, &scaling, input1, input2, output);
}
