/* The inner product that convolution and fully connected layers spend their time in. */
#ifndef EF_DOT_H
#define EF_DOT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* sum of (input[i] + input_offset) * weights[i] over `count` elements of both, plus `sum`. */
static inline int32_t ef_dot_s8(
    const int8_t *input, const int8_t *weights, int32_t count, int32_t input_offset, int32_t sum)
{
    for (int32_t i = 0; i < count; i++) {
        sum += (input[i] + input_offset) * weights[i];
    }
    return sum;
}

#ifdef __cplusplus
}
#endif

#endif
