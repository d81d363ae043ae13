#include "ef_add.h"

void ef_add_s8(const ef_add_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const ef_add_scaling scaling = params->scaling; /* a copy that no store to output can change */
    const int32_t count = params->count;

    for (int32_t i = 0; i < count; i++) {
        output[i] = ef_add_elements(&scaling, input1[i], input2[i]);
    }
}
