/* Transposed two-dimensional convolution, int8 or int16, with a scale per output channel. */
#ifndef EF_TRANSPOSE_CONV_2D_H
#define EF_TRANSPOSE_CONV_2D_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Input position (y, x) times tap (ky, kx) adds to output position (y * stride_h + ky - pad_top,
 * x * stride_w + kx - pad_left). */
typedef struct {
    int32_t batches;
    int32_t input_h;
    int32_t input_w;
    int32_t input_c;
    int32_t output_h;
    int32_t output_w;
    int32_t output_c;
    int32_t kernel_h;
    int32_t kernel_w;
    int32_t stride_h;
    int32_t stride_w;
    int32_t pad_top;
    int32_t pad_left;
    int32_t input_offset;  /* minus the input's zero point */
    int32_t output_offset; /* the output's zero point */
    int32_t activation_min;
    int32_t activation_max;
    const int32_t *multiplier; /* [output_c], see ef_requantize.h */
    const int8_t *shift;       /* [output_c] */
} ef_transpose_conv_2d_params;

/* input   [batches][input_h][input_w][input_c]
 * weights [output_c][kernel_h][kernel_w][input_c], zero point 0
 * bias    [output_c], or null
 * output  [batches][output_h][output_w][output_c]
 * Writes in ascending order, for each position and channel after reading its window: the output may
 * overlap the input from below, as far as no write reaches what is still to be read, but no other array. */
void ef_transpose_conv_2d_s8(
    const ef_transpose_conv_2d_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *bias,
    int8_t *output);

/* As ef_transpose_conv_2d_s8 with int16 input and output, whose zero points are 0. Of the biases, 32 or 64 bits
 * wide, at least one is null; ef_bias_s16.h says what they change. */
void ef_transpose_conv_2d_s16(
    const ef_transpose_conv_2d_params *params,
    const int16_t *input,
    const int8_t *weights,
    const int32_t *bias,
    const int64_t *wide_bias,
    int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
