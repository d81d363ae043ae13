#include "ef_depthwise_conv_2d_mve.h"

#include "ef_bytes_mve.h"
#include "ef_depthwise_block_mve.h"

/* Where the taps of the window lie whose first one is at line y and column x of the image. */
static void find_taps(
    const ef_depthwise_conv_2d_mve_params *p,
    const int8_t **taps,
    const int8_t *image,
    const int8_t *padding,
    int32_t y,
    int32_t x)
{
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int row_is_inside = y >= 0 && y < p->input_h;
        int32_t column = x;
        for (int32_t kx = 0; kx < p->kernel_w; kx++) {
            const int inside = row_is_inside && column >= 0 && column < p->input_w;
            *taps++ = inside ? image + (y * p->input_w + column) * p->input_c : padding;
            column += p->dilation_w;
        }
        y += p->dilation_h;
    }
}

void ef_depthwise_conv_2d_s8_mve(
    const ef_depthwise_conv_2d_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *constants,
    void *scratch,
    int8_t *output)
{
    const ef_depthwise_conv_2d_mve_params *p = params;
    const int32_t count = p->kernel_h * p->kernel_w;
    const int8_t *taps[EF_MOST_TAPS_MVE];
    ef_block_job job = {
        .taps = taps,
        .weights = weights,
        .constants = constants,
        .output = output,
        .pairs = (count + 1) / 2,
        .channels = p->input_c,
        .activation_min = p->activation_min,
        .activation_max = p->activation_max,
    };

    (void)ef_fill_bytes((int8_t *)scratch, p->input_zero_point, p->input_c);
    taps[2 * job.pairs - 1] = (const int8_t *)scratch; /* of an odd number the last one's weights are 0 */
    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t y = oy * p->stride_h - p->pad_top;
                find_taps(p, taps, input, (const int8_t *)scratch, y, ox * p->stride_w - p->pad_left);
                ef_depthwise_block_mve(&job);
                job.output += p->input_c;
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}
