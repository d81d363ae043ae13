#include "ef_mean.h"

#include "ef_requantize.h"

static int32_t block_sum(const ef_mean_params *p, const int16_t *input)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < p->averaged_count[0]; i++) {
        const int16_t *element = input + i * p->averaged_step[0];
        for (int32_t j = 0; j < p->averaged_count[1]; j++) {
            sum += *element;
            element += p->averaged_step[1];
        }
    }
    return sum;
}

void ef_mean_s16(const ef_mean_params *params, const int16_t *input, int16_t *output)
{
    const ef_mean_params *p = params;

    for (int32_t i = 0; i < p->kept_count[0]; i++) {
        for (int32_t j = 0; j < p->kept_count[1]; j++) {
            const int16_t *first = input + i * p->kept_step[0] + j * p->kept_step[1];
            const int32_t sum = block_sum(p, first) + p->sum_offset;
            const int32_t value = ef_requantize(sum, p->multiplier, p->shift) + p->output_offset;
            *output++ = (int16_t)ef_clamp(value, INT16_MIN, INT16_MAX);
        }
    }
}
