/* Convolution with filters of 1 x 1, int8, two positions times two channels at a time. */
#ifndef EF_POINTWISE_DSP_H
#define EF_POINTWISE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t positions; /* of all batches */
    int32_t input_c;
    int32_t output_c;
    int32_t activation_min;
    int32_t activation_max;
} ef_pointwise_dsp_params;

/* input    [positions][input_c]
 * weights  for each pair of channels and each four taps 2 x 4 bytes, aligned to 4; filters are filled up
 *          with zeros to a multiple of 4, an odd number of channels with a filter of zeros
 * channels [output_c rounded up to even][4], see ef_channel_dsp.h
 * scratch  two filled up filters of int16, and four bytes; aligned to 4
 * output   [positions][output_c]
 * Writes two positions at a time in ascending order, after reading both: the output may overlap the
 * input from below as far as no write reaches what is still to be read, but no other array. */
void ef_pointwise_s8_dsp(
    const ef_pointwise_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
