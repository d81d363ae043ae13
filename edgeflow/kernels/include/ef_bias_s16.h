/* Sums of int16 by int8 products: where they begin, and how they are scaled.
 *
 * With 64-bit biases TFLite's reference kernels scale the 64-bit sum by a multiplier of 15 bits and round
 * once; with 32-bit biases they scale a 32-bit sum as ef_requantize does.
 */
#ifndef EF_BIAS_S16_H
#define EF_BIAS_S16_H

#include "ef_requantize.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* round(value * multiplier * 2^(shift - 31)), halves up, with the multiplier rounded to its upper 15 bits
 * (at most 0x7fff) and the result taken modulo 2^32; -2^47 <= value < 2^47, shift -31 .. 7. */
static inline int32_t ef_requantize_s64(int64_t value, int32_t multiplier, int32_t shift)
{
    const int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
    const int32_t right_shift = 15 - shift;
    const int64_t half = (int64_t)1 << (right_shift - 1);
#if defined(__ARM_ARCH_6M__)
    const int64_t product = ef_multiply_wide_by_halves(value, reduced);
#else
    const int64_t product = value * reduced;
#endif
    return (int32_t)(uint32_t)((product + half) >> right_shift);
}

/* The biases [output channels] of an operator: one of the two, or both null for none. */
typedef struct {
    const int32_t *narrow;
    const int64_t *wide; /* sums are scaled as 64-bit numbers */
} ef_bias_s16;

/* The sum of output channel `o` before its products. */
static inline int64_t ef_bias_start(const ef_bias_s16 *bias, int32_t o)
{
    if (bias->wide != NULL) {
        return bias->wide[o];
    }
    return bias->narrow != NULL ? bias->narrow[o] : 0;
}

/* A finished sum in output steps. Without 64-bit biases it is taken modulo 2^32, as the reference's sum of
 * 32 bits wraps. */
static inline int32_t ef_bias_scaled(const ef_bias_s16 *bias, int64_t sum, int32_t multiplier, int32_t shift)
{
    if (bias->wide != NULL) {
        return ef_requantize_s64(sum, multiplier, shift);
    }
    return ef_requantize((int32_t)(uint32_t)sum, multiplier, shift);
}

#ifdef __cplusplus
}
#endif

#endif
