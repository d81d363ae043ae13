/* Convolution with filters of 1 x 1, int8. */
#ifndef EF_POINTWISE_S8_DSP_H
#define EF_POINTWISE_S8_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Narrow as those of ef_conv_2d_s8_dsp.h. */
typedef struct {
    int32_t positions; /* of all batches */
    uint16_t input_c;
    uint16_t output_c;
    int8_t activation_min;
    int8_t activation_max;
    uint8_t signs; /* of ef_tile_dsp.h */
} ef_pointwise_dsp_params;

/* What ef_conv_2d_s8_dsp does with one row of all positions, with fewer params.
 * input    [positions][input_c]
 * output   [positions][output_c]
 * weights and scratch as there. */
void ef_pointwise_s8_dsp(
    const ef_pointwise_dsp_params *params, const int8_t *input, const int8_t *weights, void *scratch, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
