/* Two-dimensional convolution, int8, for cores with Helium (MVE). */
#ifndef EF_CONV_2D_MVE_H
#define EF_CONV_2D_MVE_H

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
} ef_conv_2d_mve_params;

/* input    [batches][input_h][input_w][input_c]
 * weights  [output_c / 4][taps / 16][4 channels][16 taps], both rounded up; zeros where there is none; a
 *          filter's taps are [kernel_h][kernel_w][input_c]
 * channels [output_c / 4, rounded up][16], see ef_channel_mve.h
 * scratch  the taps of one filter
 * output   [batches][output_h][output_w][output_c]
 * Writes position after position, each after reading its window: the output may overlap the input from
 * below as far as no write reaches what is still to be read, but no other array.
 * Padding counts as the input's zero point. */
void ef_conv_2d_s8_mve(
    const ef_conv_2d_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
