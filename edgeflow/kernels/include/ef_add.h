/* Sum of two int8 tensors of different scales. */
#ifndef EF_ADD_H
#define EF_ADD_H

#include "ef_requantize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both inputs are brought to twice the larger scale with 20 more bits, added, and scaled down. */
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
    int32_t activation_min;
    int32_t activation_max;
} ef_add_scaling;

/* The quantized sum of one element of each input. */
static inline int8_t ef_add_elements(const ef_add_scaling *s, int8_t left, int8_t right)
{
    const int32_t a = (left + s->input1_offset) * (1 << 20);
    const int32_t b = (right + s->input2_offset) * (1 << 20);
    const int32_t sum = ef_requantize(a, s->input1_multiplier, s->input1_shift)
        + ef_requantize(b, s->input2_multiplier, s->input2_shift);
    const int32_t value = ef_requantize(sum, s->output_multiplier, s->output_shift) + s->output_offset;
    return (int8_t)ef_clamp(value, s->activation_min, s->activation_max);
}

typedef struct {
    int32_t count;
    ef_add_scaling scaling;
} ef_add_params;

/* input1, input2 and output [count]; the output may be either input, and the inputs the same. */
void ef_add_s8(const ef_add_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

typedef struct {
    int32_t output_shape[4];
    int32_t input1_stride[4]; /* elements from one index of a dimension to the next, 0 to repeat */
    int32_t input2_stride[4];
    ef_add_scaling scaling;
} ef_add_broadcast_params;

/* input1 and input2 as their strides say, output [output_shape]; the output may be an input that is
 * not repeated along any dimension. */
void ef_add_broadcast_s8(
    const ef_add_broadcast_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
