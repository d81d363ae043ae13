/* Exact functions of one float32 element, for the edges of a network. */
#ifndef EF_ELEMENTS_F32_H
#define EF_ELEMENTS_F32_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    float low;
    float high;
    int32_t has_high; /* 0: only the lower limit holds */
    int32_t low_wins; /* 1: -0 and what is not a number become the lower limit, too; 0: they stay */
} ef_limit_f32_params;

/* input and output [count]: the value within its limits; the output may be the input. */
void ef_limit_f32(const ef_limit_f32_params *params, const float *input, float *output);

typedef struct {
    int32_t count;
    int32_t is_absolute; /* 1: without its sign, 0: with the other sign */
} ef_sign_f32_params;

/* input and output [count]; the output may be the input. */
void ef_sign_f32(const ef_sign_f32_params *params, const float *input, float *output);

typedef struct {
    int32_t count;
    float value;
} ef_fill_f32_params;

/* output [count], all of the value. */
void ef_fill_f32(const ef_fill_f32_params *params, float *output);

#ifdef __cplusplus
}
#endif

#endif
