#include "ef_reduce.h"

static int8_t block_extreme(const ef_reduce_params *p, const int8_t *input)
{
    int8_t best = *input;
    for (int32_t i = 0; i < p->reduced_count[0]; i++) {
        const int8_t *element = input + i * p->reduced_step[0];
        for (int32_t j = 0; j < p->reduced_count[1]; j++) {
            if (p->largest != 0 ? *element > best : *element < best) {
                best = *element;
            }
            element += p->reduced_step[1];
        }
    }
    return best;
}

void ef_reduce_s8(const ef_reduce_params *params, const int8_t *input, int8_t *output)
{
    const ef_reduce_params *p = params;

    for (int32_t i = 0; i < p->kept_count[0]; i++) {
        for (int32_t j = 0; j < p->kept_count[1]; j++) {
            *output++ = block_extreme(p, input + i * p->kept_step[0] + j * p->kept_step[1]);
        }
    }
}
