#include "ef_add.h"

void ef_add_s8(const ef_add_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = ef_add_elements(&params->scaling, input1[i], input2[i]);
    }
}
