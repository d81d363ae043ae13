#include "ef_select.h"

static int8_t element(const void *scaling, int8_t left, int8_t right)
{
    (void)scaling;
    return left > right ? left : right;
}

void ef_maximum_s8(
    const ef_select_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    ef_broadcast_s8(&params->broadcast, element, params, input1, input2, output);
}
