#include "ef_fully_connected_scalar.h"

#include "ef_channel_scalar.h"
#include "ef_dense_scalar.h"

void ef_fully_connected_s8_scalar(
    const ef_fully_connected_scalar_params *params,
    const int8_t *input,
    const uint8_t *weights,
    const int32_t *channels,
    int8_t *output)
{
    const ef_fully_connected_scalar_params *p = params;

    for (int32_t n = 0; n < p->batches; n++) {
        const uint8_t *quad = weights;
        const int32_t *channel = channels;
        int32_t start = 0;
        for (int32_t i = 0; i < p->input_c; i++) {
            start -= input[i];
        }
        start *= 128;
        for (int32_t o = 0; o < p->output_c; o += 4) {
            const int32_t left = p->output_c - o;
            int32_t sums[4] = {start, start, start, start};
            ef_dense_scalar(input, quad, p->input_c, sums);
            for (int32_t i = 0; i < (left < 4 ? left : 4); i++) {
                *output++ = ef_channel_limited(channel, sums[i], p->activation_min, p->activation_max);
                channel += EF_CHANNEL_SIZE;
            }
            quad += 4 * p->input_c;
        }
        input += p->input_c;
    }
}
