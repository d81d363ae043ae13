#include "ef_add.h"

static int16_t element(const void *scaling, int16_t left, int16_t right)
{
    const ef_add_scaling *s = (const ef_add_scaling *)scaling;
    return ef_add_result_s16(s, ef_add_operand1_s16(s, left) - ef_add_operand2_s16(s, right));
}

void ef_sub_broadcast_s16(
    const ef_add_broadcast_params *params, const int16_t *input1, const int16_t *input2, int16_t *output)
{
    const ef_add_scaling scaling = params->scaling; /* a copy that no store to output can change */

    ef_broadcast_s16(&params->broadcast, element, &scaling, input1, input2, output);
}
