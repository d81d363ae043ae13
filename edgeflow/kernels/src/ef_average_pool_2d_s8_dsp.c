#include "ef_pool_2d.h"

#include "ef_box_sums.h"
#include "ef_limit_dsp.h"
#include "ef_window.h"

/* One output position; `input` points at the first element of the window, channel 0. */
static void average_window(int32_t channels, ef_box box, const int8_t *input, int8_t *output)
{
    const int32_t count = box.rows * box.columns;
    const int32_t half = count / 2;
    int32_t sums[4];

    for (int32_t c = 0; c < channels; c += 4) {
        /* The last group ends with the last channel; those that it has twice are not written again. */
        const int32_t first = c + 4 <= channels ? c : channels - 4;
        ef_box_sums(box, input + first, sums);
        for (int32_t i = c - first; i < 4; i++) {
            /* Halves are rounded away from zero. */
            *output++ = (int8_t)((sums[i] > 0 ? sums[i] + half : sums[i] - half) / count);
        }
    }
}

void ef_average_pool_2d_s8_dsp(const ef_pool_2d_params *params, const int8_t *input, int8_t *output)
{
    const ef_pool_2d_params *p = params;
    const int32_t outputs = p->batches * p->output_h * p->output_w * p->channels;

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const int32_t y = oy * p->stride_h - p->pad_top;
            const ef_window rows = ef_clip_neighbours(y, p->kernel_h, p->input_h);
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t x = ox * p->stride_w - p->pad_left;
                const ef_window columns = ef_clip_neighbours(x, p->kernel_w, p->input_w);
                const int32_t first = (y + rows.begin) * p->input_w + x + columns.begin;
                const ef_box box = {
                    .rows = rows.end - rows.begin,
                    .columns = columns.end - columns.begin,
                    .row_step = p->input_w * p->channels,
                    .column_step = p->channels,
                };
                average_window(p->channels, ef_joined_box(box), input + first * p->channels, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
    ef_limit_dsp(output - outputs, outputs, p->activation_min, p->activation_max);
}
