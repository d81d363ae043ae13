/* PRELU: elements below the zero point are multiplied by the slope of their place. */
#ifndef EF_PRELU_H
#define EF_PRELU_H

#include "ef_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t input_offset;  /* minus the zero point */
    int32_t slope_offset;  /* minus the zero point */
    int32_t output_offset; /* the zero point */
    int32_t identity_multiplier; /* input scale / output scale, see ef_requantize.h */
    int32_t identity_shift;
    int32_t slope_multiplier; /* input scale * slope scale / output scale */
    int32_t slope_shift;
} ef_prelu_scaling;

typedef struct {
    ef_broadcast_shape broadcast;
    ef_prelu_scaling scaling;
} ef_prelu_params;

/* Inputs and output as ef_broadcast_s8 says. */
void ef_prelu_s8(const ef_prelu_params *params, const int8_t *input, const int8_t *slopes, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
