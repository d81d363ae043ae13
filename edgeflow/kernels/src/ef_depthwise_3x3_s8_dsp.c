#include "ef_depthwise_3x3_dsp.h"

#include "ef_gather_pairs_dsp.h"
#include "ef_limit_dsp.h"
#include "ef_lines_3x3_stride_1_dsp.h"
#include "ef_lines_3x3_stride_2_dsp.h"

/* The pairs (w0, w1) and (w1, w2) of each line of a filter. */
static void expand_filter(uint32_t filter[6], const int8_t *weights)
{
    for (int32_t line = 0; line < 3; line++) {
        filter[2 * line] = ef_pair(weights[3 * line], weights[3 * line + 1]);
        filter[2 * line + 1] = ef_pair(weights[3 * line + 1], weights[3 * line + 2]);
    }
}

/* All channels of `count` output lines, from the image's line `first` on. */
static void convolve(
    const ef_depthwise_3x3_dsp_params *p,
    const int8_t *input,
    uint32_t *pairs,
    ef_lines_job job,
    const int8_t *weights,
    const int32_t *channels,
    int32_t first,
    int32_t count)
{
    const int32_t lines = (count - 1) * p->line_stride + 3;
    int8_t *const output = job.output + first * p->output_line_step;
    int32_t copies = 0; /* outputs left of this input channel */

    job.pair_bytes = lines * 4;
    job.span_bytes = job.pair_bytes * (p->stride == 1 ? (p->output_length + 1) / 2 : p->output_length);
    job.whole_bytes = job.pair_bytes * (p->stride == 1 ? p->output_length / 2 : p->output_length);
    for (int32_t o = 0; o < p->input_c * p->depth_multiplier; o++) {
        if (copies == 0) {
            ef_gather_pairs_dsp(p, pairs, input, first * p->line_stride - p->pad_lines, lines);
            input++;
            copies = p->depth_multiplier;
        }
        copies--;
        expand_filter(job.filter, weights + 9 * o);
        for (int32_t i = 0; i < EF_CHANNEL_SIZE; i++) {
            job.channel[i] = channels[EF_CHANNEL_SIZE * o + i];
        }
        job.pairs = pairs;
        job.output = output + o;
        job.lines = count;
        if (p->stride == 1) {
            ef_lines_3x3_stride_1_dsp(&job);
        } else {
            ef_lines_3x3_stride_2_dsp(&job);
        }
    }
}

void ef_depthwise_3x3_s8_dsp(
    const ef_depthwise_3x3_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const ef_depthwise_3x3_dsp_params *p = params;
    ef_lines_job job = {
        .line_bytes = p->line_stride * 4,
        .output_step = p->output_step,
        .output_line_step = p->output_line_step,
    };

    for (int32_t n = 0; n < p->batches; n++) {
        job.output = output;
        for (int32_t first = 0; first < p->output_lines; first += p->lines_per_step) {
            const int32_t left = p->output_lines - first;
            const int32_t count = left < p->lines_per_step ? left : p->lines_per_step;
            convolve(p, input, (uint32_t *)scratch, job, weights, channels, first, count);
        }
        ef_limit_dsp(output, p->output_size, p->activation_min, p->activation_max);
        input += p->input_size;
        output += p->output_size;
    }
}
