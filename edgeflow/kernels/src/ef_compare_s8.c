#include "ef_compare.h"

#include "ef_requantize.h"

static int8_t element(const void *scaling, int8_t left, int8_t right)
{
    const ef_compare_scaling *s = (const ef_compare_scaling *)scaling;
    const int32_t value1 =
        ef_requantize((left + s->input1_offset) * 256, s->input1_multiplier, s->input1_shift);
    const int32_t value2 =
        ef_requantize((right + s->input2_offset) * 256, s->input2_multiplier, s->input2_shift);
    const int32_t unequal = value1 < value2 ? s->if_less : s->if_greater;
    return (int8_t)(value1 == value2 ? s->if_equal : unequal);
}

void ef_compare_s8(
    const ef_compare_params *params, const int8_t *input1, const int8_t *input2, uint8_t *output)
{
    const ef_compare_scaling scaling = params->scaling; /* a copy that no store to output can change */

    ef_broadcast_s8(&params->broadcast, element, &scaling, input1, input2, (int8_t *)output);
}
