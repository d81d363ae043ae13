#include "ef_pool_2d.h"

#include "ef_requantize.h"
#include "ef_window.h"

/* sum / count, halves away from zero. */
static int32_t rounded_mean(int32_t sum, int32_t count)
{
    return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

/* One output position; `input` points at the first element of the window, channel 0. */
static void average_window(
    const ef_pool_2d_params *p, ef_window rows, ef_window columns, const int16_t *input, int16_t *output)
{
    const int32_t height = rows.end - rows.begin;
    const int32_t width = columns.end - columns.begin;

    for (int32_t c = 0; c < p->channels; c++) {
        const int16_t *row = input + c;
        int32_t sum = 0;
        for (int32_t ky = 0; ky < height; ky++) {
            for (int32_t kx = 0; kx < width; kx++) {
                sum += row[kx * p->channels];
            }
            row += p->input_w * p->channels;
        }
        output[c] = (int16_t)ef_clamp(rounded_mean(sum, height * width), p->activation_min, p->activation_max);
    }
}

void ef_average_pool_2d_s16(const ef_pool_2d_params *params, const int16_t *input, int16_t *output)
{
    const ef_pool_2d_params *p = params;

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const int32_t y = oy * p->stride_h - p->pad_top;
            const ef_window rows = ef_clip_window(y, p->kernel_h, 1, p->input_h);
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t x = ox * p->stride_w - p->pad_left;
                const ef_window columns = ef_clip_window(x, p->kernel_w, 1, p->input_w);
                const int32_t first = (y + rows.begin) * p->input_w + x + columns.begin;
                average_window(p, rows, columns, input + first * p->channels, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}
