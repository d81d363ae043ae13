#include "ef_mean.h"

#include "ef_box_sums.h"
#include "ef_requantize.h"

void ef_mean_s8_dsp(const ef_mean_params *params, const int8_t *input, int8_t *output)
{
    const ef_mean_params *p = params;
    const ef_box box = {
        .rows = p->averaged_count[0],
        .columns = p->averaged_count[1],
        .row_step = p->averaged_step[0],
        .column_step = p->averaged_step[1],
    };
    const int32_t channels = p->kept_count[1];
    int32_t sums[4];

    for (int32_t i = 0; i < p->kept_count[0]; i++) {
        for (int32_t c = 0; c < channels; c += 4) {
            /* The last group ends with the last channel; those that it has twice are not written again. */
            const int32_t first = c + 4 <= channels ? c : channels - 4;
            ef_box_sums(box, input + first, sums);
            for (int32_t k = c - first; k < 4; k++) {
                const int32_t sum = sums[k] + p->sum_offset;
                const int32_t value = ef_requantize(sum, p->multiplier, p->shift) + p->output_offset;
                *output++ = (int8_t)ef_clamp(value, INT8_MIN, INT8_MAX);
            }
        }
        input += p->kept_step[0];
    }
}
