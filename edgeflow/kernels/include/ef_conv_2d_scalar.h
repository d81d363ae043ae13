/* Two-dimensional convolution, int8, four positions at a time, for cores without SIMD. */
#ifndef EF_CONV_2D_SCALAR_H
#define EF_CONV_2D_SCALAR_H

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
    int32_t output_c;
    int32_t kernel_h;
    int32_t kernel_w;
    int32_t stride_h;
    int32_t stride_w;
    int32_t dilation_h;
    int32_t pad_top;
    int32_t pad_left;
    int32_t input_zero_point;
    int32_t activation_min;
    int32_t activation_max;
    int32_t rounds_once; /* 1: channels are those of ef_output_scalar.h, 0: of ef_channel_dsp.h */
} ef_conv_2d_scalar_params;

/* With taps = kernel_h * kernel_w * input_c rounded up to a multiple of 4:
 * input    [batches][input_h][input_w][input_c]
 * weights  [output_c][taps], each plus 128
 * channels [output_c][4], see rounds_once; no sum of a window and its channel leaves 24 bits
 * scratch  [taps][3] words, then four rows of kernel_w * input_c bytes; aligned to 4
 * output   [batches][output_h][output_w][output_c]
 * Writes four positions of a batch at a time in ascending order, after reading their windows: the output
 * may overlap the input from below as far as no write reaches what is still to be read, but no other
 * array. Padding counts as the input's zero point. */
void ef_conv_2d_s8_scalar(
    const ef_conv_2d_scalar_params *params,
    const int8_t *input,
    const uint8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
