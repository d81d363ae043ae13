#include "ef_transpose_conv_2d.h"

#include "ef_bias_s16.h"
#include "ef_dot.h"

/* The input index that tap `k` brings to `place` (output position plus padding), or -1. */
static int32_t source_index(int32_t place, int32_t k, int32_t stride, int32_t size)
{
    const int32_t distance = place - k;
    if (distance < 0 || distance % stride != 0) {
        return -1;
    }
    return distance / stride < size ? distance / stride : -1;
}

/* The sum of one filter for the output position whose place is (y, x). */
static int64_t filter_sum(
    const ef_transpose_conv_2d_params *p,
    const int16_t *input,
    const int8_t *filter,
    int32_t y,
    int32_t x,
    int64_t sum)
{
    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        const int32_t row = source_index(y, ky, p->stride_h, p->input_h);
        for (int32_t kx = 0; row >= 0 && kx < p->kernel_w; kx++) {
            const int32_t column = source_index(x, kx, p->stride_w, p->input_w);
            if (column >= 0) {
                sum = ef_dot_s16(
                    input + (row * p->input_w + column) * p->input_c,
                    filter + (ky * p->kernel_w + kx) * p->input_c,
                    p->input_c,
                    sum);
            }
        }
    }
    return sum;
}

void ef_transpose_conv_2d_s16(
    const ef_transpose_conv_2d_params *params,
    const int16_t *input,
    const int8_t *weights,
    const int32_t *bias,
    const int64_t *wide_bias,
    int16_t *output)
{
    const ef_transpose_conv_2d_params *p = params;
    const ef_bias_s16 biases = {bias, wide_bias};
    const int32_t filter_size = p->kernel_h * p->kernel_w * p->input_c;

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t i = 0; i < p->output_h * p->output_w; i++) {
            const int32_t y = i / p->output_w + p->pad_top;
            const int32_t x = i % p->output_w + p->pad_left;
            for (int32_t o = 0; o < p->output_c; o++) {
                const int64_t start = ef_bias_start(&biases, o);
                const int64_t sum = filter_sum(p, input, weights + o * filter_size, y, x, start);
                const int32_t value = ef_bias_scaled(&biases, sum, p->multiplier[o], p->shift[o]);
                *output++ = (int16_t)ef_clamp(value, p->activation_min, p->activation_max);
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}
