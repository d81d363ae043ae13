#include "ef_conv_2d_dsp.h"

#include "ef_dsp.h"
#include "ef_expand_window_dsp.h"
#include "ef_limit_dsp.h"
#include "ef_multiply_dsp.h"

/* All positions of an image, two at a time. */
static void convolve(const ef_conv_image *image, ef_tile_job job, uint32_t *windows, int8_t *output)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const int32_t end = p->output_w * p->stride_w - p->pad_left;
    int32_t y = -p->pad_top;
    int32_t x = -p->pad_left;

    for (int32_t left = p->output_h * p->output_w; left > 0; left -= 2) {
        ef_expand_window_dsp(image, windows, y, x);
        if (left > 1) { /* else one position fills both places */
            x += p->stride_w;
            if (x >= end) {
                x = -p->pad_left;
                y += p->stride_h;
            }
        }
        ef_expand_window_dsp(image, windows + 2, y, x);
        x += p->stride_w;
        if (x >= end) {
            x = -p->pad_left;
            y += p->stride_h;
        }
        job.first = output;
        job.second = left > 1 ? output + p->output_c : output;
        ef_multiply_dsp(job, p->output_c);
        output += 2 * p->output_c;
    }
}

void ef_conv_2d_s8_dsp(
    const ef_conv_2d_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const ef_conv_2d_dsp_params *p = params;
    const int32_t input_size = p->input_h * p->input_w * p->input_c;
    const int32_t output_size = p->output_h * p->output_w * p->output_c;
    const int32_t row_fours = (p->kernel_w * p->input_c + 3) / 4;
    uint32_t *const windows = (uint32_t *)scratch;
    const ef_tile_job job = {
        .weights = weights,
        .positions = windows,
        .fours = p->kernel_h * row_fours,
        .channels = channels,
    };
    ef_conv_image image = {
        .params = p,
        .row = (int8_t *)(windows + job.fours * 4),
        .row_fours = row_fours,
        .line_step = p->dilation_h * p->input_w * p->input_c,
    };
    image.padding[1] = ef_pair(p->input_zero_point, p->input_zero_point);
    image.padding[0] = ef_mixed_bytes(image.padding[1] & 0x00FF00FFu, image.padding[1]);

    for (int32_t n = 0; n < p->batches; n++) {
        image.input = input + n * input_size;
        image.end = image.input + input_size;
        convolve(&image, job, windows, output + n * output_size);
        ef_limit_dsp(output + n * output_size, output_size, p->activation_min, p->activation_max);
    }
}
