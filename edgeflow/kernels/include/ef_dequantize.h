/* Integer steps to float32: scale * (q - zero point), rounded once. */
#ifndef EF_DEQUANTIZE_H
#define EF_DEQUANTIZE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    float scale;
    int32_t zero_point;
} ef_dequantize_params;

/* input and output [count], in ascending order, each element read before it is written: the output may
 * overlap the input from below, as far as no write reaches what is still to be read. */
void ef_dequantize_s8_f32(const ef_dequantize_params *params, const int8_t *input, float *output);
void ef_dequantize_u8_f32(const ef_dequantize_params *params, const uint8_t *input, float *output);
void ef_dequantize_s16_f32(const ef_dequantize_params *params, const int16_t *input, float *output);

#ifdef __cplusplus
}
#endif

#endif
