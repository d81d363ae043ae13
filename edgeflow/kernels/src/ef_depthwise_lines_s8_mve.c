#include "ef_depthwise_lines_mve.h"

#include "ef_bytes_mve.h"
#include "ef_gather_line_mve.h"
#include "ef_line_mve.h"

/* All outputs of the channel that input and job->output point to. */
static void convolve(
    const ef_depthwise_lines_mve_params *p, ef_line_job *job, int8_t *ring, const int8_t *input)
{
    const int8_t *const padding = ring + EF_RING_LINES * p->words;
    int32_t next = 0; /* line to gather; lines are counted from the padding on */

    for (int32_t oy = 0; oy < p->output_lines; oy++) {
        const int32_t first = oy * p->line_stride;
        for (next = next < first ? first : next; next < first + p->kernel_lines; next++) {
            const int32_t y = next - p->pad_lines;
            int8_t *const to = ring + EF_RING_LINES * p->pad + next % EF_RING_LINES;
            if (y >= 0 && y < p->input_lines) {
                ef_gather_line(to, input + y * p->input_line_step, p->input_step, p->gathered);
            } else {
                ef_gather_line(to, padding, 0, p->gathered);
            }
        }
        ef_line_mve(job);
        job->output += p->output_line_step;
    }
}

void ef_depthwise_lines_s8_mve(
    const ef_depthwise_lines_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *constants,
    void *scratch,
    int8_t *output)
{
    const ef_depthwise_lines_mve_params *p = params;
    int8_t *const turning = (int8_t *)scratch;
    int8_t *const ring = turning + EF_WINDOW_BYTES;
    ef_line_job job = {
        .windows = ring,
        .window_step = 4 * p->stride,
        .weights = turning,
        .turn = 8 * (p->line_stride % EF_RING_LINES),
        .output_step = p->output_step,
        .count = p->output_length,
        .activation_min = p->activation_min,
        .activation_max = p->activation_max,
    };

    (void)ef_fill_bytes(ring, p->zero_point, EF_RING_LINES * (p->words + 1));
    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t c = 0; c < p->channels; c++) {
            (void)ef_copy_bytes(turning, weights + c * EF_WINDOW_BYTES, EF_WINDOW_BYTES);
            job.constants = constants + c * 4;
            job.output = output + c;
            convolve(p, &job, ring, input + c);
        }
        input += p->input_size;
        output += p->output_size;
    }
}
