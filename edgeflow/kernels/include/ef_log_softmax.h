/* Logarithm of softmax over rows, int8; the output has the scale 1/16 and the zero point 127. */
#ifndef EF_LOG_SOFTMAX_H
#define EF_LOG_SOFTMAX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t rows;
    int32_t classes;          /* 1 .. 4095, so that a sum of exponentials fits 32 bits */
    int32_t input_multiplier; /* input scale in Q5.26, see ef_requantize.h */
    int32_t input_shift;
    int32_t reverse_multiplier; /* its inverse, from Q5.26 to input steps; the shift is at most 0 */
    int32_t reverse_shift;
    int32_t difference_min; /* differences from a row's maximum below this have no exponential */
} ef_log_softmax_params;

/* input and output [rows][classes]; the output may be the input, or begin before it. */
void ef_log_softmax_s8(const ef_log_softmax_params *params, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
