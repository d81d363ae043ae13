#include "ef_reduce.h"

void ef_arg_reduce_s8(const ef_arg_reduce_params *params, const int8_t *input, int32_t *output)
{
    const ef_arg_reduce_params *p = params;

    for (int32_t i = 0; i < p->outer; i++) {
        for (int32_t j = 0; j < p->inner; j++) {
            const int8_t *column = input + i * p->length * p->inner + j;
            int32_t best = 0;
            for (int32_t k = 1; k < p->length; k++) {
                const int8_t value = column[k * p->inner];
                const int8_t found = column[best * p->inner];
                if (p->largest != 0 ? value > found : value < found) {
                    best = k;
                }
            }
            *output++ = best;
        }
    }
}
