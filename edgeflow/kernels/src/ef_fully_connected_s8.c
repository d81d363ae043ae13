#include "ef_fully_connected.h"

#include "ef_dot.h"
#include "ef_requantize.h"

#include <stddef.h>

void ef_fully_connected_s8(
    const ef_fully_connected_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *bias,
    int8_t *output)
{
    const ef_fully_connected_params *p = params;

    for (int32_t n = 0; n < p->batches; n++) {
        const int8_t *filter = weights;
        for (int32_t o = 0; o < p->output_c; o++) {
            const int32_t start = bias != NULL ? bias[o] : 0;
            const int32_t sum = ef_dot_s8(input, filter, p->input_c, p->input_offset, start);
            const int32_t value = ef_requantize(sum, p->multiplier, p->shift) + p->output_offset;
            *output++ = (int8_t)ef_clamp(value, p->activation_min, p->activation_max);
            filter += p->input_c;
        }
        input += p->input_c;
    }
}
