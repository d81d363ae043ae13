#include "ef_depthwise_conv_2d_dsp.h"

#include "ef_channel_dsp.h"
#include "ef_gather_rows_dsp.h"
#include "ef_limit_dsp.h"

/* A filter's rows as pairs of taps; of an odd number of taps the last pair ends with 0. */
static void expand_filter(const ef_depthwise_conv_2d_dsp_params *p, uint32_t *pairs, const int8_t *weights)
{
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        for (int32_t kx = 0; kx < p->kernel_w; kx += 2) {
            *pairs++ = ef_pair(weights[kx], kx + 1 < p->kernel_w ? weights[kx + 1] : 0);
        }
        weights += p->kernel_w;
    }
}

/* The outputs of one row and channel, filters of any size. */
static void row_of_any(
    const ef_depthwise_conv_2d_dsp_params *p,
    const int16_t *rows,
    const uint32_t *filter,
    const int32_t *channel,
    int8_t *output)
{
    const int32_t pairs = (p->kernel_w + 1) / 2;
    const int32_t output_c = p->input_c * p->depth_multiplier;

    for (int32_t ox = 0; ox < p->output_w; ox++) {
        const uint32_t *weights = filter;
        const int16_t *row = rows;
        int32_t sum = channel[EF_CHANNEL_BIAS];
        for (int32_t ky = 0; ky < p->kernel_h; ky++) {
            for (int32_t i = 0; i < pairs; i++) {
                sum = ef_add_products(ef_load_pair(row + 2 * i), *weights++, sum);
            }
            row += p->row_size;
        }
        *output = ef_channel_output(channel, sum);
        output += output_c;
        rows += p->stride_w;
    }
}

void ef_depthwise_conv_2d_s8_dsp(
    const ef_depthwise_conv_2d_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const ef_depthwise_conv_2d_dsp_params *p = params;
    const int32_t output_c = p->input_c * p->depth_multiplier;
    const int32_t output_row = p->output_w * output_c;
    const int32_t most_lines = (p->rows_per_step - 1) * p->stride_h + p->kernel_h;
    int16_t *const rows = (int16_t *)scratch;
    uint32_t *const filter = (uint32_t *)scratch + most_lines * (p->row_size / 2);

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy += p->rows_per_step) {
            const int32_t left = p->output_h - oy;
            const int32_t count = left < p->rows_per_step ? left : p->rows_per_step;
            const int32_t lines = (count - 1) * p->stride_h + p->kernel_h;
            for (int32_t o = 0; o < output_c; o++) {
                if (o % p->depth_multiplier == 0) {
                    const int32_t y = oy * p->stride_h - p->pad_top;
                    ef_gather_rows_dsp(p, rows, input + o / p->depth_multiplier, y, lines);
                }
                expand_filter(p, filter, weights + o * p->kernel_h * p->kernel_w);
                for (int32_t i = 0; i < count; i++) {
                    int8_t *const row = output + i * output_row + o;
                    const int16_t *const window = rows + i * p->stride_h * p->row_size;
                    row_of_any(p, window, filter, channels + o * EF_CHANNEL_SIZE, row);
                }
            }
            output += count * output_row;
        }
        ef_limit_dsp(output - p->output_h * output_row, p->output_h * output_row, p->activation_min, p->activation_max);
        input += p->input_h * p->input_w * p->input_c;
    }
}
