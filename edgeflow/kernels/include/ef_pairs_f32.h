/* Exact arithmetic on two float32 tensors, for the edges of a network. */
#ifndef EF_PAIRS_F32_H
#define EF_PAIRS_F32_H

#include "ef_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    float activation_min; /* unused by maximum and minimum */
    float activation_max;
} ef_pair_f32_scaling;

typedef struct {
    ef_broadcast_shape broadcast;
    ef_pair_f32_scaling scaling;
} ef_pair_f32_params;

/* The output element of one element of each input. */
typedef float (*ef_pair_f32_element)(const ef_pair_f32_scaling *scaling, float left, float right);

/* A number limited to low .. high; what is not a number stays. */
static inline float ef_clamp_f32(float value, float low, float high)
{
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}

/* As ef_broadcast_s8 for float32; `element` is a function of the same file, so that it is inlined. */
static inline void ef_pairs_f32(const ef_pair_f32_params *params, ef_pair_f32_element element,
    const float *input1, const float *input2, float *output)
{
    const ef_pair_f32_scaling scaling = params->scaling; /* a copy that no store to output can change */
    const int32_t *shape = params->broadcast.shape;
    const int32_t *step1 = params->broadcast.stride1;
    const int32_t *step2 = params->broadcast.stride2;

    for (int32_t i = 0; i < shape[0]; i++) {
        for (int32_t j = 0; j < shape[1]; j++) {
            for (int32_t k = 0; k < shape[2]; k++) {
                const float *left = input1 + i * step1[0] + j * step1[1] + k * step1[2];
                const float *right = input2 + i * step2[0] + j * step2[1] + k * step2[2];
                for (int32_t l = 0; l < shape[3]; l++) {
                    *output++ = element(&scaling, left[l * step1[3]], right[l * step2[3]]);
                }
            }
        }
    }
}

/* Inputs and output as ef_broadcast_s8 says: sum, difference, product and quotient, limited to the
 * activation's range, and the larger and smaller value. */
void ef_add_f32(const ef_pair_f32_params *params, const float *input1, const float *input2, float *output);
void ef_sub_f32(const ef_pair_f32_params *params, const float *input1, const float *input2, float *output);
void ef_mul_f32(const ef_pair_f32_params *params, const float *input1, const float *input2, float *output);
void ef_div_f32(const ef_pair_f32_params *params, const float *input1, const float *input2, float *output);
void ef_maximum_f32(
    const ef_pair_f32_params *params, const float *input1, const float *input2, float *output);
void ef_minimum_f32(
    const ef_pair_f32_params *params, const float *input1, const float *input2, float *output);

#ifdef __cplusplus
}
#endif

#endif
