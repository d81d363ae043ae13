/* A tensor given another scale and zero point, and limits: QUANTIZE between integer types, RELU, RELU6. */
#ifndef EF_RESCALE_H
#define EF_RESCALE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    int32_t input_offset;  /* minus the input's zero point */
    int32_t output_offset; /* the output's zero point */
    int32_t multiplier;    /* input scale / output scale, see ef_requantize.h */
    int32_t shift;
    int32_t output_min;
    int32_t output_max;
} ef_rescale_params;

/* input and output [count]; the output may begin at the input or before it. */
void ef_rescale_s8_s8(const ef_rescale_params *params, const int8_t *input, int8_t *output);
void ef_rescale_s8_u8(const ef_rescale_params *params, const int8_t *input, uint8_t *output);
void ef_rescale_u8_s8(const ef_rescale_params *params, const uint8_t *input, int8_t *output);
void ef_rescale_u8_u8(const ef_rescale_params *params, const uint8_t *input, uint8_t *output);
void ef_rescale_s16_s16(const ef_rescale_params *params, const int16_t *input, int16_t *output);
void ef_rescale_s16_s8(const ef_rescale_params *params, const int16_t *input, int8_t *output);

/* input and output [count], in ascending order; output_offset is 0. */
void ef_rescale_s16_s32(const ef_rescale_params *params, const int16_t *input, int32_t *output);

#ifdef __cplusplus
}
#endif

#endif
