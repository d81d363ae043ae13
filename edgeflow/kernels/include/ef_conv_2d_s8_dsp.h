/* Two-dimensional convolution, int8, three positions times two channels at a time. */
#ifndef EF_CONV_2D_S8_DSP_H
#define EF_CONV_2D_S8_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Narrow, because every call of a network has one of its own: the generator checks that values fit. */
typedef struct {
    uint8_t kernel_h;
    uint8_t stride_h;
    uint8_t stride_w;
    uint8_t dilation_h;
    uint8_t pad_top;
    uint8_t pad_left;
    uint8_t signs; /* of ef_tile_dsp.h */
    int8_t input_zero_point;
    int8_t activation_min;
    int8_t activation_max;
    uint16_t batches;
    uint16_t input_h;
    uint16_t input_c;
    uint16_t output_h;
    uint16_t output_c;
    int32_t kernel_w;
    int32_t input_w; /* of ef_pointwise_s8_dsp all positions */
    int32_t output_w;
} ef_conv_2d_dsp_params;

/* input    [batches][input_h][input_w][input_c]
 * weights  a row of ef_tile_dsp.h for each pair of channels, aligned to 4; a filter is kernel_h rows of
 *          kernel_w * input_c taps, each row filled up with zeros to a multiple of 4, an odd number of
 *          channels filled up with a filter of zeros
 * scratch  three padded filters of int16, and where input_c is no multiple of 4 a padded row of bytes;
 *          aligned to 4
 * output   [batches][output_h][output_w][output_c]
 * Writes three positions at a time in ascending order, after reading their windows: the output may overlap
 * the input from below as far as no write reaches what is still to be read, but no other array.
 * Padding counts as the input's zero point. */
void ef_conv_2d_s8_dsp(
    const ef_conv_2d_dsp_params *params, const int8_t *input, const int8_t *weights, void *scratch, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
