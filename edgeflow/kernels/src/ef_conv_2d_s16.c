#include "ef_conv_2d.h"

#include "ef_bias_s16.h"
#include "ef_dot.h"
#include "ef_window.h"

/* Where one output position reads: the clipped window, and its first input element. */
typedef struct {
    ef_window rows;
    ef_window columns;
    const int16_t *input; /* of the first tap inside, channel 0 */
} conv_field_s16;

/* The sum of one filter. A row of taps is one run of memory unless dilation or groups break it. */
static int64_t filter_sum(
    const ef_conv_2d_params *p,
    const conv_field_s16 *field,
    const int16_t *input,
    const int8_t *filter,
    int64_t sum)
{
    const int32_t taps = field->columns.end - field->columns.begin;
    const int contiguous = p->dilation_w == 1 && p->kernel_c == p->input_c;
    const int32_t runs = contiguous ? 1 : taps;
    const int32_t run = contiguous ? taps * p->kernel_c : p->kernel_c;
    const int32_t input_row = p->dilation_h * p->input_w * p->input_c;
    const int8_t *weights = filter + (field->rows.begin * p->kernel_w + field->columns.begin) * p->kernel_c;

    for (int32_t ky = field->rows.begin; ky < field->rows.end; ky++) {
        for (int32_t i = 0; i < runs; i++) {
            sum = ef_dot_s16(input + i * p->dilation_w * p->input_c, weights + i * p->kernel_c, run, sum);
        }
        input += input_row;
        weights += p->kernel_w * p->kernel_c;
    }
    return sum;
}

/* All output channels of one position. */
static void output_position(
    const ef_conv_2d_params *p,
    const conv_field_s16 *field,
    const int8_t *weights,
    const ef_bias_s16 *bias,
    int16_t *output)
{
    const int32_t filter_size = p->kernel_h * p->kernel_w * p->kernel_c;
    const int32_t filters_per_group = p->output_c / (p->input_c / p->kernel_c);
    const int16_t *input = field->input;
    int32_t filters_left = filters_per_group;

    for (int32_t o = 0; o < p->output_c; o++) {
        const int64_t sum = filter_sum(p, field, input, weights, ef_bias_start(bias, o));
        const int32_t value = ef_bias_scaled(bias, sum, p->multiplier[o], p->shift[o]);
        output[o] = (int16_t)ef_clamp(value, p->activation_min, p->activation_max);
        weights += filter_size;
        if (--filters_left == 0) {
            filters_left = filters_per_group;
            input += p->kernel_c;
        }
    }
}

void ef_conv_2d_s16(
    const ef_conv_2d_params *params,
    const int16_t *input,
    const int8_t *weights,
    const int32_t *bias,
    const int64_t *wide_bias,
    int16_t *output)
{
    const ef_conv_2d_params *p = params;
    const ef_bias_s16 biases = {bias, wide_bias};
    const int32_t row = p->input_w * p->input_c;
    conv_field_s16 field;

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
                output += p->output_c;
            }
        }
        input += p->input_h * row;
    }
}
