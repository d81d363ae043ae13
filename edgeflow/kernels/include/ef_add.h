/* Sum or difference of two int8 or int16 tensors of different scales. */
#ifndef EF_ADD_H
#define EF_ADD_H

#include "ef_broadcast.h"
#include "ef_requantize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both inputs are brought to twice the larger scale with 20 more bits, added or
 * subtracted, and scaled down. */
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

/* One element of input 1, with its zero point taken off, in the common scale. */
static inline int32_t ef_add_operand1(const ef_add_scaling *s, int8_t value)
{
    return ef_requantize((value + s->input1_offset) * (1 << 20), s->input1_multiplier, s->input1_shift);
}

/* The same of input 2. */
static inline int32_t ef_add_operand2(const ef_add_scaling *s, int8_t value)
{
    return ef_requantize((value + s->input2_offset) * (1 << 20), s->input2_multiplier, s->input2_shift);
}

/* A sum or difference in the common scale as an output element. */
static inline int8_t ef_add_result(const ef_add_scaling *s, int32_t sum)
{
    const int32_t value = ef_requantize(sum, s->output_multiplier, s->output_shift) + s->output_offset;
    return (int8_t)ef_clamp(value, s->activation_min, s->activation_max);
}

/* The quantized sum of one element of each input. */
static inline int8_t ef_add_elements(const ef_add_scaling *s, int8_t left, int8_t right)
{
    return ef_add_result(s, ef_add_operand1(s, left) + ef_add_operand2(s, right));
}

typedef struct {
    int32_t count;
    ef_add_scaling scaling;
} ef_add_params;

/* input1, input2 and output [count]; the output may begin at either input or before it, and the
 * inputs may be the same. */
void ef_add_s8(const ef_add_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

typedef struct {
    ef_broadcast_shape broadcast;
    ef_add_scaling scaling;
} ef_add_broadcast_params;

/* Inputs and output as ef_broadcast_s8 says: input1 + input2, and input1 - input2. */
void ef_add_broadcast_s8(
    const ef_add_broadcast_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void ef_sub_broadcast_s8(
    const ef_add_broadcast_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

/* The int16 forms are the same with 15 more bits instead of 20; zero points are 0. */
static inline int32_t ef_add_operand1_s16(const ef_add_scaling *s, int16_t value)
{
    return ef_requantize(value * (1 << 15), s->input1_multiplier, s->input1_shift);
}

static inline int32_t ef_add_operand2_s16(const ef_add_scaling *s, int16_t value)
{
    return ef_requantize(value * (1 << 15), s->input2_multiplier, s->input2_shift);
}

static inline int16_t ef_add_result_s16(const ef_add_scaling *s, int32_t sum)
{
    const int32_t value = ef_requantize(sum, s->output_multiplier, s->output_shift);
    return (int16_t)ef_clamp(value, s->activation_min, s->activation_max);
}

void ef_add_s16(const ef_add_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);
void ef_add_broadcast_s16(
    const ef_add_broadcast_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);
void ef_sub_broadcast_s16(
    const ef_add_broadcast_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);

/* Scales that are powers of two: an input is shifted to the output's scale, halves away from zero. */
typedef struct {
    int32_t count;
    int32_t input1_right_shift; /* 0 .. 15 */
    int32_t input2_right_shift;
    int32_t input2_sign; /* 1 to add input 2, -1 to subtract it */
    int32_t activation_min;
    int32_t activation_max;
} ef_add_shifted_params;

/* input1, input2 and output [count]; the output may be either input. */
void ef_add_shifted_s16(
    const ef_add_shifted_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
