#include "ef_select.h"

static int16_t element(const void *scaling, int16_t left, int16_t right)
{
    (void)scaling;
    return left < right ? left : right;
}

void ef_minimum_s16(
    const ef_select_params *params, const int16_t *input1, const int16_t *input2, int16_t *output)
{
    ef_broadcast_s16(&params->broadcast, element, params, input1, input2, output);
}
