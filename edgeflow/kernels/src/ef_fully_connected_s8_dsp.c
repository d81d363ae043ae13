#include "ef_fully_connected_dsp.h"

#include "ef_dense_dsp.h"
#include "ef_expand_dsp.h"
#include "ef_limit_dsp.h"

void ef_fully_connected_s8_dsp(
    const ef_fully_connected_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const int32_t rest = params->input_c % 4;
    const int32_t left_over = params->output_c % 4;
    const int32_t fours = (params->expanded_c + 3) / 4;
    uint32_t *const position = (uint32_t *)scratch;
    int8_t *const taps = (int8_t *)(position + fours * 2);
    int8_t last[4];

    for (int32_t n = 0; n < params->batches; n++) {
        ef_dense_job job = {
            .weights = weights,
            .position = position,
            .fours = fours,
            .channels = channels,
            .output = output,
            .quads = params->output_c / 4,
            .raw = input + params->expanded_c,
            .raw_fours = (params->input_c - params->expanded_c) / 4,
        };
        ef_expand_dsp(position, input, params->expanded_c / 4, 2);
        if (rest != 0) { /* taps that fill no word; the rest of it meets weights of zero */
            for (int32_t i = 0; i < 4; i++) {
                taps[i] = i < rest ? input[params->input_c - rest + i] : 0;
            }
            ef_expand_dsp(position + (fours - 1) * 2, taps, 1, 2);
        }
        if (job.quads > 0) {
            ef_dense_dsp(&job);
        }
        if (left_over != 0) {
            int8_t *const end = job.output;
            job.output = last;
            job.quads = 1;
            ef_dense_dsp(&job);
            for (int32_t i = 0; i < left_over; i++) {
                end[i] = last[i];
            }
        }
        ef_limit_dsp(output, params->output_c, params->activation_min, params->activation_max);
        input += params->input_c;
        output += params->output_c;
    }
}
