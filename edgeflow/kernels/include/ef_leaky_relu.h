/* LEAKY_RELU of int16: negative elements are multiplied by a slope. */
#ifndef EF_LEAKY_RELU_H
#define EF_LEAKY_RELU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    int32_t identity_multiplier; /* input scale / output scale, see ef_requantize.h */
    int32_t identity_shift;
    int32_t slope_multiplier; /* input scale * slope / output scale */
    int32_t slope_shift;
} ef_leaky_relu_params;

/* input and output [count], zero points 0; the output may be the input. */
void ef_leaky_relu_s16(const ef_leaky_relu_params *params, const int16_t *input, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
