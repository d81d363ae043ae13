/* Fully connected layer, int8 or int16, with one scale for all outputs or one of each. */
#ifndef EF_FULLY_CONNECTED_H
#define EF_FULLY_CONNECTED_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t input_c;
    int32_t output_c;
    int32_t input_offset;  /* minus the input's zero point */
    int32_t output_offset; /* the output's zero point */
    int32_t activation_min;
    int32_t activation_max;
    int32_t multiplier; /* see ef_requantize.h */
    int32_t shift;
} ef_fully_connected_params;

/* input   [batches][input_c]
 * weights [output_c][input_c], zero point 0
 * bias    [output_c], or null
 * output  [batches][output_c]
 * Writes in ascending order, for each row and output after reading the row: the output may
 * overlap the input from below, as far as no write reaches what is still to be read, but no other array. */
void ef_fully_connected_s8(
    const ef_fully_connected_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *bias,
    int8_t *output);

typedef struct {
    int32_t batches;
    int32_t input_c;
    int32_t output_c;
    int32_t input_offset;  /* minus the input's zero point */
    int32_t output_offset; /* the output's zero point */
    int32_t activation_min;
    int32_t activation_max;
    const int32_t *multiplier; /* [output_c], see ef_requantize.h */
    const int8_t *shift;       /* [output_c] */
} ef_fully_connected_per_channel_params;

/* As ef_fully_connected_s8, with a scale per output. */
void ef_fully_connected_per_channel_s8(
    const ef_fully_connected_per_channel_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *bias,
    int8_t *output);

/* As ef_fully_connected_per_channel_s8 with int16 input and output, whose zero points are 0. Of the biases,
 * 32 or 64 bits wide, at least one is null; ef_bias_s16.h says what they change. */
void ef_fully_connected_s16(
    const ef_fully_connected_per_channel_params *params,
    const int16_t *input,
    const int8_t *weights,
    const int32_t *bias,
    const int64_t *wide_bias,
    int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
