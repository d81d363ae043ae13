#include "ef_depthwise_3x3_dsp.h"

#include "ef_gather_pairs_dsp.h"
#include "ef_gather_twins_dsp.h"
#include "ef_limit_dsp.h"
#include "ef_lines_3x3_stride_1_dsp.h"
#include "ef_lines_3x3_stride_2_dsp.h"

/* What a step gathers of each channel, from the image's line `first` on, which may lie in the padding. */
static void plan_block(
    const ef_depthwise_3x3_dsp_params *p, ef_gather_block *block, int32_t first, int32_t lines)
{
    const int32_t left = p->input_lines - first;

    block->lines = lines;
    block->plane = p->pairs * lines;
    block->top = first < 0 ? -first : 0;
    block->rows = (lines < left ? lines : left) - block->top;
    block->first = (first + block->top) * p->input_line_step;
}

/* The outputs of a step: the twos of each line, or the last one of a line when it is single. */
static void plan_job(
    const ef_depthwise_3x3_dsp_params *p, ef_lines_job *job, int32_t count, int32_t is_single)
{
    const int32_t twos = is_single != 0 ? 1 : p->output_length / 2;
    const int32_t step = is_single != 0 ? 0 : p->output_step;

    job->pair_bytes = 4 * ((count - 1) * p->line_stride + 3);
    job->line_bytes = 4 * p->line_stride;
    job->all_bytes = count * job->line_bytes;
    job->span_bytes = twos * p->stride * job->pair_bytes;
    job->skip_bytes = job->line_bytes - job->span_bytes;
    job->output_step = step;
    job->output_skip = p->output_line_step - 2 * twos * step;
}

/* All outputs of one channel. */
static void convolve(
    const ef_depthwise_3x3_dsp_params *p,
    ef_lines_job jobs[2],
    const uint32_t *pairs,
    int8_t *output,
    const int8_t *weights,
    const int32_t *channel)
{
    for (int32_t i = 0; i <= p->output_length % 2; i++) {
        const uint32_t *const from = i == 0 ? pairs : pairs + jobs[0].span_bytes / 4;
        int8_t *const to = i == 0 ? output : output + p->output_line_step - jobs[0].output_skip;
        jobs[i].weights = weights;
        if (p->stride == 1) {
            ef_lines_3x3_stride_1_dsp(&jobs[i], from, to, channel);
        } else {
            ef_lines_3x3_stride_2_dsp(&jobs[i], from, to, channel);
        }
    }
}

/* All channels of `count` output lines, from the first one that `output` points to. */
static void step_of_lines(
    const ef_depthwise_3x3_dsp_params *p,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    uint32_t *pairs,
    int8_t *output,
    int32_t first,
    int32_t count)
{
    ef_gather_block block;
    ef_lines_job jobs[2];
    int32_t gathered = 0; /* channels */

    plan_block(p, &block, first * p->line_stride - p->pad_lines, (count - 1) * p->line_stride + 3);
    plan_job(p, &jobs[0], count, 0);
    plan_job(p, &jobs[1], count, 1);
    output += first * p->output_line_step;
    for (int32_t i = p->channels_per_step * block.plane; i > 0; i--) {
        pairs[i - 1] = ef_pair(p->zero_point, p->zero_point);
    }
    for (int32_t left = p->input_c; left > 0; left -= gathered) {
        gathered = left < p->channels_per_step ? left : p->channels_per_step;
        if (gathered == 1) {
            ef_gather_pairs_dsp(p, &block, pairs, input);
        } else {
            ef_gather_twins_dsp(p, &block, pairs, input);
        }
        input += gathered;
        for (int32_t i = 0; i < gathered * p->depth_multiplier; i++) {
            const int32_t second = i < p->depth_multiplier ? 0 : block.plane;
            convolve(p, jobs, pairs + second, output, weights, channels);
            weights += 9;
            channels += EF_CHANNEL_SIZE;
            output++;
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

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t first = 0; first < p->output_lines; first += p->lines_per_step) {
            const int32_t left = p->output_lines - first;
            const int32_t count = left < p->lines_per_step ? left : p->lines_per_step;
            step_of_lines(p, input, weights, channels, (uint32_t *)scratch, output, first, count);
        }
        ef_limit_dsp(output, p->output_size, p->activation_min, p->activation_max);
        input += p->input_size;
        output += p->output_size;
    }
}
