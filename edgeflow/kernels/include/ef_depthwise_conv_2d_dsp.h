/* Depthwise convolution, int8, one channel at a time over some output rows: its input is gathered into
 * rows of int16, so that one instruction multiplies two taps. */
#ifndef EF_DEPTHWISE_CONV_2D_DSP_H
#define EF_DEPTHWISE_CONV_2D_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t input_h;
    int32_t input_w;
    int32_t input_c;
    int32_t output_h;
    int32_t output_w;
    int32_t depth_multiplier; /* output channels of one input channel */
    int32_t kernel_h;
    int32_t kernel_w;
    int32_t stride_h;
    int32_t stride_w;
    int32_t pad_top;
    int32_t pad_left;
    int32_t input_zero_point;
    int32_t activation_min;
    int32_t activation_max;
    int32_t rows_per_step; /* output rows computed channel by channel */
    int32_t row_size;      /* elements of a gathered row; even, at least what the last two outputs read */
} ef_depthwise_conv_2d_dsp_params;

/* With output_c = input_c * depth_multiplier; output channel o reads input channel o / depth_multiplier:
 * input    [batches][input_h][input_w][input_c]
 * weights  [output_c][kernel_h][kernel_w]
 * channels [output_c][4], see ef_channel_dsp.h
 * scratch  the gathered rows, [(rows_per_step - 1) * stride_h + kernel_h][row_size] int16, then a filter
 *          of int16 with rows of even length; aligned to 4
 * output   [batches][output_h][output_w][output_c]
 * Reads and writes one channel of rows_per_step output rows after the other: the output may overlap the
 * input from below as far as no write reaches what is still to be read, but no other array.
 * Padding counts as the input's zero point. */
void ef_depthwise_conv_2d_s8_dsp(
    const ef_depthwise_conv_2d_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
