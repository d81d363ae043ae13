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

#define EF_DOT_S16_RUN 511 /* products of 2^22 at most whose sum fits 32 bits */

/* sum of input[i] * weights[i] over `count` elements of both, plus `sum`. */
static inline int64_t ef_dot_s16(const int16_t *input, const int8_t *weights, int32_t count, int64_t sum)
{
    while (count > 0) {
        const int32_t run = count < EF_DOT_S16_RUN ? count : EF_DOT_S16_RUN;
        int32_t part = 0;
        for (int32_t i = 0; i < run; i++) {
            part += input[i] * weights[i];
        }
        sum += part;
        input += run;
        weights += run;
        count -= run;
    }
    return sum;
}

#ifdef __cplusplus
}
#endif

#endif
