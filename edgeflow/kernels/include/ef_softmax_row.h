/* A row of int8 softmax in fixed point, for an int8 or an int16 output. */
#ifndef EF_SOFTMAX_ROW_H
#define EF_SOFTMAX_ROW_H

#include "ef_exp_on_negative.h"
#include "ef_fixed_point.h"
#include "ef_softmax.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline int32_t ef_softmax_largest(const int8_t *values, int32_t count)
{
    int32_t result = INT8_MIN;
    for (int32_t i = 0; i < count; i++) {
        result = values[i] > result ? values[i] : result;
    }
    return result;
}

/* exp(beta * scale * difference) in Q0.31; the difference is from the row's maximum, so at most 0. */
static inline int32_t ef_softmax_exp(const ef_softmax_params *p, int32_t difference)
{
    const int32_t shifted = ef_shift_left(difference, p->input_left_shift);
    return ef_exp_on_negative(ef_multiply_high(shifted, p->input_multiplier));
}

/* Zero bits above the highest set bit; value is positive. */
static inline int32_t ef_softmax_leading_zeros(uint32_t value)
{
    int32_t zeros = 0;
    while ((value & 0x80000000u) == 0) {
        value <<= 1;
        zeros++;
    }
    return zeros;
}

/* reciprocal * exponential / 2^right_shift in steps of the output; what is less than half a step is 0. */
static inline int32_t ef_softmax_probability(int32_t reciprocal, int32_t exponential, int32_t right_shift)
{
    if (right_shift > 31) {
        return 0;
    }
    return ef_divide_by_power_of_two(ef_multiply_high(reciprocal, exponential), right_shift);
}

/* What a row's probabilities are made of. */
typedef struct {
    int32_t maximum;
    int32_t reciprocal;  /* of the sum's mantissa in 1 .. 2, Q0.31 */
    int32_t right_shift; /* the sum's exponent, and Q0.31 to an 8-bit step of 1/256 */
} ef_softmax_row;

static inline ef_softmax_row ef_softmax_row_of(const ef_softmax_params *p, const int8_t *input)
{
    ef_softmax_row row;
    int32_t sum = 0; /* Q12.19 */
    int32_t zeros;

    row.maximum = ef_softmax_largest(input, p->classes);
    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t difference = input[i] - row.maximum;
        if (difference >= p->difference_min) {
            sum += ef_divide_by_power_of_two(ef_softmax_exp(p, difference), 12);
        }
    }
    zeros = ef_softmax_leading_zeros((uint32_t)sum);
    row.reciprocal = ef_one_over_one_plus((int32_t)(((uint32_t)sum << zeros) & 0x7fffffffu));
    row.right_shift = 12 - zeros + 23;
    return row;
}

/* The probability of a class in steps of 1/256, or of 1/2^(8 + extra_bits). */
static inline int32_t ef_softmax_value(
    const ef_softmax_params *p, const ef_softmax_row *row, int32_t input, int32_t extra_bits)
{
    const int32_t difference = input - row->maximum;
    if (difference < p->difference_min) {
        return 0;
    }
    return ef_softmax_probability(row->reciprocal, ef_softmax_exp(p, difference), row->right_shift - extra_bits);
}

#ifdef __cplusplus
}
#endif

#endif
