/* Depthwise convolution of multiplier 1, int8, for cores with Helium (MVE). */
#ifndef EF_DEPTHWISE_CONV_2D_MVE_H
#define EF_DEPTHWISE_CONV_2D_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_MOST_TAPS_MVE 26 /* kernel_h * kernel_w, rounded up to even */

typedef struct {
    int32_t batches;
    int32_t input_h;
    int32_t input_w;
    int32_t input_c;
    int32_t output_h;
    int32_t output_w;
    int32_t kernel_h;
    int32_t kernel_w;
    int32_t stride_h;
    int32_t stride_w;
    int32_t dilation_h;
    int32_t dilation_w;
    int32_t pad_top;
    int32_t pad_left;
    int32_t input_zero_point;
    int32_t activation_min;
    int32_t activation_max;
} ef_depthwise_conv_2d_mve_params;

/* input     [batches][input_h][input_w][input_c]
 * weights   and
 * constants as ef_depthwise_block_mve.h has them
 * scratch   [input_c], the padding
 * output    [batches][output_h][output_w][input_c]
 * Writes 16 channels of a position at a time, after reading all their taps: the output may overlap the input
 * from below as far as no write reaches what is still to be read, but no other array. */
void ef_depthwise_conv_2d_s8_mve(
    const ef_depthwise_conv_2d_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *constants,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
