#include "ef_fully_connected.h"

#include "ef_bias_s16.h"
#include "ef_dot.h"

void ef_fully_connected_s16(
    const ef_fully_connected_per_channel_params *params,
    const int16_t *input,
    const int8_t *weights,
    const int32_t *bias,
    const int64_t *wide_bias,
    int16_t *output)
{
    const ef_fully_connected_per_channel_params *p = params;
    const ef_bias_s16 biases = {bias, wide_bias};

    for (int32_t n = 0; n < p->batches; n++) {
        const int8_t *filter = weights;
        for (int32_t o = 0; o < p->output_c; o++) {
            const int64_t sum = ef_dot_s16(input, filter, p->input_c, ef_bias_start(&biases, o));
            const int32_t value = ef_bias_scaled(&biases, sum, p->multiplier[o], p->shift[o]);
            *output++ = (int16_t)ef_clamp(value, p->activation_min, p->activation_max);
            filter += p->input_c;
        }
        input += p->input_c;
    }
}
