#include "ef_depthwise_3x3_scalar.h"

#include "ef_gather_strips_scalar.h"
#include "ef_strips_3x3_scalar.h"

/* All channels of `count` output lines, the first of them `begin`. */
static void convolve(
    const ef_depthwise_3x3_scalar_params *p,
    const int8_t *input,
    uint32_t *words,
    ef_strips_job *job,
    const int8_t *weights,
    const int32_t *channels,
    int8_t *output,
    int32_t begin,
    int32_t count)
{
    const int32_t rows = (count + EF_STRIPS - 1) / EF_STRIPS;
    const int32_t starts[EF_STRIPS] = {0, rows < count - rows ? rows : count - rows, count - rows};
    int32_t copies = 0; /* outputs left of this input channel */

    job->second = starts[1] * p->output_line_step;
    job->third = starts[2] * p->output_line_step;
    for (int32_t o = 0; o < p->input_c * p->depth_multiplier; o++) {
        if (copies == 0) {
            int32_t first[EF_STRIPS];
            for (int32_t i = 0; i < EF_STRIPS; i++) {
                first[i] = (begin + starts[i]) * p->line_stride - p->pad_lines;
            }
            ef_gather_strips_scalar(p, words, input, first, (rows - 1) * p->line_stride + 3);
            input++;
            copies = p->depth_multiplier;
        }
        copies--;
        for (int32_t i = 0; i < 9; i++) {
            job->filter[i] = weights[i];
        }
        weights += 9;
        job->channel = ef_unpack_channel(channels + EF_OUTPUT_SIZE * o);
        job->words = words;
        job->output = output + o;
        job->rows = rows;
        ef_strips_3x3_scalar(job);
    }
}

void ef_depthwise_3x3_s8_scalar(
    const ef_depthwise_3x3_scalar_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const ef_depthwise_3x3_scalar_params *p = params;
    const int32_t place_bytes = EF_WORDS_PER_PLACE * 4;
    const int32_t line_bytes = p->columns * place_bytes;
    ef_strips_job job = {
        .next_line = line_bytes - 3 * place_bytes,
        .next_window = p->stride * place_bytes - 2 * line_bytes - 3 * place_bytes,
        .row_bytes = p->line_stride * line_bytes,
        .output_step = p->output_step,
        .output_line_step = p->output_line_step,
        .span_bytes = p->output_length * p->stride * place_bytes,
    };

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t begin = 0; begin < p->output_lines; begin += p->lines_per_step) {
            const int32_t left = p->output_lines - begin;
            const int32_t count = left < p->lines_per_step ? left : p->lines_per_step;
            int8_t *const lines = output + begin * p->output_line_step;
            convolve(p, input, (uint32_t *)scratch, &job, weights, channels, lines, begin, count);
        }
        input += p->input_size;
        output += p->output_size;
    }
}
