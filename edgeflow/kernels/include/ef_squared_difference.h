/* Square of the difference of two int8 tensors of different scales. */
#ifndef EF_SQUARED_DIFFERENCE_H
#define EF_SQUARED_DIFFERENCE_H

#include "ef_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both inputs are brought to twice the larger scale with 7 more bits; the square is scaled down. */
typedef struct {
    int32_t input1_offset; /* minus the zero point */
    int32_t input1_multiplier;
    int32_t input1_shift; /* at most 0, as all three shifts */
    int32_t input2_offset;
    int32_t input2_multiplier;
    int32_t input2_shift;
    int32_t output_offset; /* the zero point */
    int32_t output_multiplier;
    int32_t output_shift;
} ef_squared_difference_scaling;

typedef struct {
    ef_broadcast_shape broadcast;
    ef_squared_difference_scaling scaling;
} ef_squared_difference_params;

/* Inputs and output as ef_broadcast_s8 says. */
void ef_squared_difference_s8(
    const ef_squared_difference_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
