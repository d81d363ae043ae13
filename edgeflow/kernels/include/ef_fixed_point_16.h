/* Logistic function and tanh on 16-bit fixed-point numbers, for the gates of recurrent layers.
 *
 * Q(m).(n) is an int16 with m integer and n fractional bits, 15 in all. The methods are those of the
 * public gemmlowp fixed-point formulas for 16 bits, step by step because every rounding shows in the
 * output: ef_fixed_point.h has the same for 32 bits. Values are held in int32 within int16's range.
 */
#ifndef EF_FIXED_POINT_16_H
#define EF_FIXED_POINT_16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline int32_t ef_saturate_16(int32_t value)
{
    if (value > INT16_MAX) {
        return INT16_MAX;
    }
    return value < INT16_MIN ? INT16_MIN : value;
}

/* round(a * b / 2^15), halves up; only the product of two -2^15 leaves the range. */
static inline int32_t ef_multiply_high_16(int32_t a, int32_t b)
{
    return ef_saturate_16((a * b + (1 << 14)) >> 15);
}

/* round(value / 2^exponent), halves away from zero. */
static inline int32_t ef_divide_16(int32_t value, int32_t exponent)
{
    const int32_t half = (1 << exponent) >> 1;
    return value >= 0 ? (value + half) >> exponent : -((half - value) >> exponent);
}

/* exp(a) in Q0.15 of -1/4 <= a < 0 in Q0.15. */
static inline int32_t ef_exp_near_zero_16(int32_t a)
{
    const int32_t exp_minus_eighth = 28918; /* exp(-1/8), Q0.15 */
    const int32_t third = 10923;            /* 1/3, Q0.15 */
    const int32_t x = a + (1 << 12);        /* a + 1/8 */
    const int32_t x2 = ef_multiply_high_16(x, x);
    const int32_t x3 = ef_multiply_high_16(x2, x);
    const int32_t x4 = ef_multiply_high_16(x2, x2);
    const int32_t cubic = ef_multiply_high_16(ef_divide_16(x4, 2) + x3, third);
    const int32_t tail = ef_divide_16(cubic + x2, 1); /* x2/2 + x3/6 + x4/24 */
    return ef_saturate_16(exp_minus_eighth + ef_multiply_high_16(exp_minus_eighth, x + tail));
}

/* exp(a) in Q0.15 of a <= 0 with 3 to 7 integer bits. */
static inline int32_t ef_exp_on_negative_16(int32_t a, int32_t integer_bits)
{
    /* exp(-2^k) for k = -2 .. 4, Q0.15 */
    static const int32_t factors[7] = {25520, 19875, 12055, 4435, 600, 11, 0};
    const int32_t fractional_bits = 15 - integer_bits;
    const int32_t quarter = 1 << (fractional_bits - 2);
    const int32_t fraction = (a & (quarter - 1)) - quarter; /* -1/4 <= fraction < 0 */
    const int32_t rest = fraction - a;                      /* a multiple of 1/4, at least 0 */
    int32_t result;

    if (a == 0) {
        return INT16_MAX;
    }
    if (integer_bits > 5 && a < -(1 << (20 - integer_bits))) {
        return 0; /* below -32 */
    }
    result = ef_exp_near_zero_16(fraction * (1 << integer_bits));
    for (int32_t k = 0; k < 7 && k - 2 < integer_bits; k++) {
        if ((rest & (quarter << k)) != 0) {
            result = ef_multiply_high_16(result, factors[k]);
        }
    }
    return result;
}

/* 1 / ((1 + a) / 2) in Q2.13 of 0 <= a < 1 in Q0.15: three Newton-Raphson steps. */
static inline int32_t ef_reciprocal_16(int32_t a)
{
    const int32_t half = (a + INT16_MAX + 1) / 2;               /* (1 + a) / 2, Q0.15 */
    const int32_t one = 1 << 13;                                /* Q2.13 */
    int32_t x = 23130 + ef_multiply_high_16(half, -15420);      /* 48/17 - 32/17 half */

    for (int32_t i = 0; i < 3; i++) {
        const int32_t error = one - ef_multiply_high_16(half, x);
        x += ef_saturate_16(ef_multiply_high_16(x, error) * 4); /* Q4.11 to Q2.13 */
    }
    return x;
}

/* 1 / (1 + exp(-a)) in Q0.15 of a in Q3.12. */
static inline int32_t ef_logistic_16(int32_t a)
{
    const int32_t negative = a > 0 ? -a : a;
    int32_t result;

    if (a == 0) {
        return 1 << 14;
    }
    /* 1 / (1 + e) = x / 2, from Q1.14 to Q0.15 */
    result = ef_saturate_16(ef_reciprocal_16(ef_exp_on_negative_16(negative, 3)) * 2);
    return a > 0 ? result : INT16_MAX - result;
}

/* tanh(a) in Q0.15 of a with 0 to 6 integer bits. */
static inline int32_t ef_tanh_16(int32_t a, int32_t integer_bits)
{
    const int32_t negative = a > 0 ? -a : a;
    int32_t result;

    if (a == 0) {
        return 0;
    }
    /* exp(2 a): the same bits with one more before the point; (1 - e) / (1 + e) = x - 1 */
    result = ef_reciprocal_16(ef_exp_on_negative_16(negative, integer_bits + 1)) - (1 << 13);
    result = ef_saturate_16(result * 4);
    return a > 0 ? result : -result;
}

#ifdef __cplusplus
}
#endif

#endif
