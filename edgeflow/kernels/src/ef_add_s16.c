#include "ef_add.h"

void ef_add_s16(const ef_add_params *params, const int16_t *input1, const int16_t *input2, int16_t *output)
{
    const ef_add_scaling scaling = params->scaling; /* a copy that no store to output can change */
    const int32_t count = params->count;

    for (int32_t i = 0; i < count; i++) {
        const int32_t sum = ef_add_operand1_s16(&scaling, input1[i]) + ef_add_operand2_s16(&scaling, input2[i]);
        output[i] = ef_add_result_s16(&scaling, sum);
    }
}
