#include "ef_add.h"

void ef_add_broadcast_s8(
    const ef_add_broadcast_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const int32_t *shape = params->output_shape;
    const int32_t *step1 = params->input1_stride;
    const int32_t *step2 = params->input2_stride;

    for (int32_t i = 0; i < shape[0]; i++) {
        for (int32_t j = 0; j < shape[1]; j++) {
            for (int32_t k = 0; k < shape[2]; k++) {
                const int8_t *left = input1 + i * step1[0] + j * step1[1] + k * step1[2];
                const int8_t *right = input2 + i * step2[0] + j * step2[1] + k * step2[2];
                for (int32_t l = 0; l < shape[3]; l++) {
                    *output++ = ef_add_elements(&params->scaling, left[l * step1[3]], right[l * step2[3]]);
                }
            }
        }
    }
}
