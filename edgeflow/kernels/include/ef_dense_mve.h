/* Convolution with filters of 1 x 1, or a fully connected layer, int8, for cores with Helium (MVE). */
#ifndef EF_DENSE_MVE_H
#define EF_DENSE_MVE_H

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
} ef_dense_mve_params;

/* input    [positions][input_c]
 * weights  [output_c / 4][input_c / 16][4 channels][16 taps], both rounded up; zeros where there is none
 * channels [output_c / 4, rounded up][16], see ef_channel_mve.h
 * output   [positions][output_c]
 * At a position each four channels read all of the input, then are written: the output may overlap the
 * input from below as far as no write reaches what is still to be read, but no other array. */
void ef_dense_s8_mve(
    const ef_dense_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
