/* Fully connected layer, int8, four channels at a time, for cores without SIMD. */
#ifndef EF_FULLY_CONNECTED_SCALAR_H
#define EF_FULLY_CONNECTED_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t input_c;
    int32_t output_c;
    int32_t activation_min;
    int32_t activation_max;
} ef_fully_connected_scalar_params;

/* input    [batches][input_c]
 * weights  [quads of channels][input_c][4], each plus 128; channels filled up to a multiple of 4
 * channels [output_c rounded up to a multiple of 4][4], see ef_channel_dsp.h
 * output   [batches][output_c]
 * Writes four channels at a time in ascending order, after reading the batch for them: the output may
 * overlap the input from below as far as no write reaches what is still to be read, but no other array. */
void ef_fully_connected_s8_scalar(
    const ef_fully_connected_scalar_params *params,
    const int8_t *input,
    const uint8_t *weights,
    const int32_t *channels,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
