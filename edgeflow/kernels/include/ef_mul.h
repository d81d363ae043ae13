/* Product of two int8 or int16 tensors of different scales. */
#ifndef EF_MUL_H
#define EF_MUL_H

#include "ef_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t input1_offset; /* minus the zero point */
    int32_t input2_offset;
    int32_t output_offset; /* the zero point */
    int32_t multiplier;    /* input1 scale * input2 scale / output scale, see ef_requantize.h */
    int32_t shift;
    int32_t activation_min;
    int32_t activation_max;
} ef_mul_scaling;

typedef struct {
    ef_broadcast_shape broadcast;
    ef_mul_scaling scaling;
} ef_mul_params;

/* Inputs and output as ef_broadcast_s8 says. */
void ef_mul_s8(const ef_mul_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

/* The same of int16 tensors, whose zero points are 0. */
void ef_mul_s16(const ef_mul_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
