#include "ef_choose.h"

static uint8_t *copy_element(const uint8_t *input, uint8_t *output, int32_t byte_count)
{
    for (int32_t i = 0; i < byte_count; i++) {
        *output++ = input[i];
    }
    return output;
}

static int32_t place(const int32_t *step, int32_t i, int32_t j, int32_t k)
{
    return i * step[0] + j * step[1] + k * step[2];
}

void ef_choose(const ef_choose_params *params, const uint8_t *condition, const void *input1,
    const void *input2, void *output)
{
    const ef_choose_params *p = params;
    uint8_t *target = (uint8_t *)output;

    for (int32_t i = 0; i < p->shape[0]; i++) {
        for (int32_t j = 0; j < p->shape[1]; j++) {
            for (int32_t k = 0; k < p->shape[2]; k++) {
                const uint8_t *flags = condition + place(p->condition_step, i, j, k);
                const uint8_t *left = (const uint8_t *)input1 + place(p->input1_step, i, j, k);
                const uint8_t *right = (const uint8_t *)input2 + place(p->input2_step, i, j, k);
                for (int32_t l = 0; l < p->shape[3]; l++) {
                    const uint8_t *source = flags[l * p->condition_step[3]] != 0
                                                ? left + l * p->input1_step[3]
                                                : right + l * p->input2_step[3];
                    target = copy_element(source, target, p->element_bytes);
                }
            }
        }
    }
}
