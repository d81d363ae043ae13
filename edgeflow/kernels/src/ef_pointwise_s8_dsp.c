#include "ef_pointwise_dsp.h"

#include "ef_expand_dsp.h"
#include "ef_limit_dsp.h"
#include "ef_multiply_dsp.h"

void ef_pointwise_s8_dsp(
    const ef_pointwise_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const int32_t input_c = params->input_c;
    const int32_t output_c = params->output_c;
    const int32_t fours = (input_c + 3) / 4;
    uint32_t *const windows = (uint32_t *)scratch;
    int8_t *const taps = (int8_t *)(windows + fours * 4);
    ef_tile_job job = {
        .weights = weights,
        .positions = windows,
        .fours = fours,
        .channels = channels,
        .first = output,
    };

    for (int32_t left = params->positions; left > 0; left -= 2) {
        const int8_t *second = left > 1 ? input + input_c : input;
        job.second = left > 1 ? job.first + output_c : job.first;
        ef_expand_dsp(windows, input, input_c / 4, 4);
        ef_expand_dsp(windows + 2, second, input_c / 4, 4);
        if (input_c % 4 != 0) { /* taps that fill no word; the rest of it meets weights of zero */
            const int32_t whole = input_c - input_c % 4;
            for (int32_t i = 0; i < 4; i++) {
                taps[i] = whole + i < input_c ? input[whole + i] : 0;
            }
            ef_expand_dsp(windows + (fours - 1) * 4, taps, 1, 4);
            for (int32_t i = 0; whole + i < input_c; i++) {
                taps[i] = second[whole + i];
            }
            ef_expand_dsp(windows + (fours - 1) * 4 + 2, taps, 1, 4);
        }
        ef_multiply_dsp(job, output_c);
        input += 2 * input_c;
        job.first += 2 * output_c;
    }
    ef_limit_dsp(output, params->positions * output_c, params->activation_min, params->activation_max);
}
