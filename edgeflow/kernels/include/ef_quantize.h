/* float32 to int8, uint8 or int16: the nearest step, halves away from zero, limited to the type's range. */
#ifndef EF_QUANTIZE_H
#define EF_QUANTIZE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    float scale;
    int32_t zero_point;
} ef_quantize_params;

/* input and output [count], in ascending order: the output may begin at the input or before it. Infinities
 * give the range's ends, NaN its lower end. */
void ef_quantize_f32_s8(const ef_quantize_params *params, const float *input, int8_t *output);
void ef_quantize_f32_u8(const ef_quantize_params *params, const float *input, uint8_t *output);
void ef_quantize_f32_s16(const ef_quantize_params *params, const float *input, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
