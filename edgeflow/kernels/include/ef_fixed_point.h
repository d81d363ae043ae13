/* The reciprocal of fixed-point numbers, and what it shares with exp.
 *
 * Q(m).(n) is an int32 with m integer and n fractional bits. The methods are those of the public
 * gemmlowp fixed-point formulas, reproduced step by step because every rounding shows in the output:
 * a Taylor polynomial around -1/8, products with exp(-2^k), and three Newton-Raphson steps.
 */
#ifndef EF_FIXED_POINT_H
#define EF_FIXED_POINT_H

#include "ef_requantize.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EF_Q0_ONE INT32_MAX /* 1 in Q0.31, as near as it can be held */

/* 1 / (1 + a) in Q0.31 of 0 <= a < 1 in Q0.31. */
static inline int32_t ef_one_over_one_plus(int32_t a)
{
    const int32_t half = (int32_t)(((uint32_t)a + ((uint32_t)1 << 31)) >> 1); /* (1 + a) / 2, Q0.31 */
    const int32_t two_one = 1 << 29;                                          /* 1 in Q2.29 */
    int32_t x = 1515870810 + ef_multiply_high(half, -1010580540);             /* 48/17 - 32/17 half */

    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = two_one - ef_multiply_high(half, x);
        x += ef_multiply_high(x, error) * 4; /* Q4.27 to Q2.29 */
    }
    return x >= (1 << 30) ? INT32_MAX : x * 2; /* x / 2 from Q1.30 to Q0.31 */
}

#ifdef __cplusplus
}
#endif

#endif
