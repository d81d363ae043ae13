/* Logistic function and hyperbolic tangent of int16, by linear interpolation in a table of the former. */
#ifndef EF_SIGMOID_H
#define EF_SIGMOID_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An element times the multiplier, shifted to the right with halves up, is in steps of 1/12288. */
typedef struct {
    int32_t count;
    int32_t multiplier;  /* 0 .. 32767 */
    int32_t right_shift; /* 0 .. 31 */
} ef_sigmoid_params;

/* input and output [count] with zero point 0, the output in steps of 1/32768; it may be the input.
 * table [256]: about 65536 * logistic(i / 24) - 32768. */
void ef_logistic_s16(
    const ef_sigmoid_params *params, const int16_t *input, const int16_t *table, int16_t *output);

/* The same as 2 * logistic(2 * x) - 1. */
void ef_tanh_s16(const ef_sigmoid_params *params, const int16_t *input, const int16_t *table, int16_t *output);

/* An element in steps of 1/12288. */
static inline int32_t ef_sigmoid_scaled(const ef_sigmoid_params *p, int16_t value)
{
    const int32_t half = p->right_shift > 0 ? (int32_t)1 << (p->right_shift - 1) : 0;
    return (value * p->multiplier + half) >> p->right_shift;
}

/* 2^bits * 65536 * logistic(place / 2^bits / 24) - 2^(bits + 15) of a place of at least 0: the table's
 * entries with `bits` of fraction. From the last entry on it is `largest`. */
static inline int32_t ef_sigmoid_interpolated(
    const int16_t *table, int32_t place, int32_t bits, int32_t largest)
{
    const int32_t index = place >> bits;
    int32_t fraction;

    if (index >= 255) {
        return largest;
    }
    fraction = place & ((1 << bits) - 1);
    return table[index] * (1 << bits) + fraction * (table[index + 1] - table[index]);
}

#ifdef __cplusplus
}
#endif

#endif
