/* Two int8 tensors of different scales compared element by element. */
#ifndef EF_COMPARE_H
#define EF_COMPARE_H

#include "ef_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both inputs are brought to real value times 2^8, rounded, and compared. */
typedef struct {
    int32_t input1_offset; /* minus the zero point */
    int32_t input1_multiplier; /* the scale, see ef_requantize.h; the shift is at most 0 */
    int32_t input1_shift;
    int32_t input2_offset;
    int32_t input2_multiplier;
    int32_t input2_shift;
    int32_t if_less; /* 0 or 1: the output where input 1 is less than input 2 */
    int32_t if_equal;
    int32_t if_greater;
} ef_compare_scaling;

typedef struct {
    ef_broadcast_shape broadcast;
    ef_compare_scaling scaling;
} ef_compare_params;

/* Inputs and output as ef_broadcast_s8 says; the output is 0 or 1. */
void ef_compare_s8(
    const ef_compare_params *params, const int8_t *input1, const int8_t *input2, uint8_t *output);

#ifdef __cplusplus
}
#endif

#endif
