#include "ef_depthwise_conv_2d.h"

#include "ef_bias_s16.h"
#include "ef_window.h"

/* Where one output position reads: the clipped window, and its first input element. */
typedef struct {
    ef_window rows;
    ef_window columns;
    const int16_t *input; /* of the first tap inside, channel 0 */
} depthwise_field_s16;

/* The sum of one output channel; `input` and `weights` point at the first tap inside. */
static int64_t channel_sum(
    const ef_depthwise_conv_2d_params *p,
    const depthwise_field_s16 *field,
    const int16_t *input,
    const int8_t *weights,
    int64_t sum)
{
    const int32_t output_c = p->input_c * p->depth_multiplier;
    const int32_t input_step = p->dilation_w * p->input_c;
    const int32_t input_row = p->dilation_h * p->input_w * p->input_c;
    const int32_t taps = field->columns.end - field->columns.begin;

    for (int32_t ky = field->rows.begin; ky < field->rows.end; ky++) {
        for (int32_t k = 0; k < taps; k++) {
            sum += input[k * input_step] * weights[k * output_c];
        }
        input += input_row;
        weights += p->kernel_w * output_c;
    }
    return sum;
}

/* All output channels of one position. */
static void output_position(
    const ef_depthwise_conv_2d_params *p,
    const depthwise_field_s16 *field,
    const int8_t *weights,
    const ef_bias_s16 *bias,
    int16_t *output)
{
    const int32_t output_c = p->input_c * p->depth_multiplier;
    int32_t o = 0;
    weights += (field->rows.begin * p->kernel_w + field->columns.begin) * output_c;

    for (int32_t c = 0; c < p->input_c; c++) {
        for (int32_t m = 0; m < p->depth_multiplier; m++) {
            const int64_t start = ef_bias_start(bias, o);
            const int64_t sum = channel_sum(p, field, field->input + c, weights + o, start);
            const int32_t value = ef_bias_scaled(bias, sum, p->multiplier[o], p->shift[o]);
            output[o] = (int16_t)ef_clamp(value, p->activation_min, p->activation_max);
            o++;
        }
    }
}

void ef_depthwise_conv_2d_s16(
    const ef_depthwise_conv_2d_params *params,
    const int16_t *input,
    const int8_t *weights,
    const int32_t *bias,
    const int64_t *wide_bias,
    int16_t *output)
{
    const ef_depthwise_conv_2d_params *p = params;
    const ef_bias_s16 biases = {bias, wide_bias};
    const int32_t row = p->input_w * p->input_c;
    depthwise_field_s16 field;

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const int32_t y = oy * p->stride_h - p->pad_top;
            field.rows = ef_clip_window(y, p->kernel_h, p->dilation_h, p->input_h);
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t x = ox * p->stride_w - p->pad_left;
                field.columns = ef_clip_window(x, p->kernel_w, p->dilation_w, p->input_w);
                field.input = input + (y + field.rows.begin * p->dilation_h) * row
                    + (x + field.columns.begin * p->dilation_w) * p->input_c;
                output_position(p, &field, weights, &biases, output);
                output += p->input_c * p->depth_multiplier;
            }
        }
        input += p->input_h * row;
    }
}
