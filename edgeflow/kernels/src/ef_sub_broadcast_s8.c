#include "ef_add.h"

static int8_t element(const void *scaling, int8_t left, int8_t right)
{
    const ef_add_scaling *s = (const ef_add_scaling *)scaling;
    return ef_add_result(s, ef_add_operand1(s, left) - ef_add_operand2(s, right));
}

void ef_sub_broadcast_s8(
    const ef_add_broadcast_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const ef_add_scaling scaling = params->scaling; /* a copy that no store to output can change */

    ef_broadcast_s8(&params->broadcast, element, &scaling, input1, input2, output);
}
