#include "ef_log_softmax.h"

#include "ef_exp_on_negative.h"
#include "ef_fixed_point.h"

#define STEP_BITS 22 /* from Q5.26 to output steps of 1/16 */
#define ZERO_POINT 127

/* Zero bits above the highest set bit; value is positive. */
static int32_t leading_zeros(int32_t value)
{
    int32_t zeros = 1;
    while (value < (1 << 30)) {
        value *= 2;
        zeros++;
    }
    return zeros;
}

/* value * 2^exponent, at most INT32_MAX; value is positive, exponent 0 .. 30. */
static int32_t shift_left_saturating(int32_t value, int32_t exponent)
{
    return value > (INT32_MAX >> exponent) ? INT32_MAX : ef_shift_left(value, exponent);
}

/* log(x) in Q5.26 of x >= 1 in Q12.19, by the gemmlowp formulas: x = 2^n * r with r near sqrt(sqrt(1/2)),
 * and around that point log(r) as a quotient of polynomials. Of two ways to choose n, one quarter above
 * and one below, the larger n is taken. */
static int32_t log_of_sum(int32_t x)
{
    const int32_t sqrt_half = 1518500250;      /* Q0.31, as all but the exponents */
    const int32_t sqrt_sqrt_half = 1805811301;
    const int32_t log_two = 1488522236;
    const int32_t quarter = 1 << 23;                                   /* 1/4, Q6.25 */
    const int32_t zeros1 = leading_zeros(x);
    const int32_t zeros2 = leading_zeros(ef_multiply_high(x, sqrt_half)) - 1;
    const int32_t exponent1 = (12 - zeros1) * (1 << 25) + quarter;     /* Q6.25 */
    const int32_t exponent2 = (12 - zeros2) * (1 << 25) - quarter;
    const int32_t high = ef_multiply_high(ef_shift_left(x, zeros1 - 1), sqrt_half);
    const int32_t rest1 = shift_left_saturating(high, 1);
    const int32_t rest2 = shift_left_saturating(x, zeros2);
    const int32_t exponent = exponent1 > exponent2 ? exponent1 : exponent2;
    const int32_t r = rest1 < rest2 ? rest1 : rest2;
    const int32_t p = (int32_t)(((int64_t)r + sqrt_sqrt_half + 1) / 2);
    const int32_t q = (r - sqrt_sqrt_half) * 2;
    const int32_t q2 = ef_multiply_high(q, q);
    const int32_t numerator =
        ef_multiply_high(q, r) + ef_multiply_high(ef_multiply_high(q, q2), 117049297);
    const int32_t inner = 1057819769 + q + ef_multiply_high(127690142, q2);
    const int32_t denominator = ef_multiply_high(p, inner) + ef_multiply_high(638450708, q); /* less 1 */
    const int32_t fraction =
        ef_multiply_high(ef_divide_by_power_of_two(numerator, 6), ef_one_over_one_plus(denominator));
    return (ef_multiply_high(exponent, log_two) + fraction) * 2;
}

static int32_t largest(const int8_t *values, int32_t count)
{
    int32_t result = INT8_MIN;
    for (int32_t i = 0; i < count; i++) {
        result = values[i] > result ? values[i] : result;
    }
    return result;
}

/* The logarithm of the sum of exponentials of the differences from the maximum, Q5.26. */
static int32_t log_of_row(const ef_log_softmax_params *p, const int8_t *input, int32_t maximum)
{
    int32_t sum = 0; /* Q12.19 */
    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t difference = input[i] - maximum;
        if (difference >= p->difference_min) {
            const int32_t scaled = ef_requantize(difference, p->input_multiplier, p->input_shift);
            sum += ef_divide_by_power_of_two(ef_exp_on_negative(scaled), 12);
        }
    }
    return log_of_sum(sum);
}

static void log_softmax_row(const ef_log_softmax_params *p, const int8_t *input, int8_t *output)
{
    const int32_t maximum = largest(input, p->classes);
    const int32_t log_sum = log_of_row(p, input, maximum);
    const int32_t lowest = ef_requantize(log_sum + INT32_MIN, p->reverse_multiplier, p->reverse_shift);
    const int32_t limit = lowest > p->difference_min - 1 ? lowest : p->difference_min - 1;

    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t difference = input[i] - maximum;
        int32_t value = INT8_MIN;
        if (difference > limit) {
            const int32_t scaled = ef_requantize(difference, p->input_multiplier, p->input_shift);
            value = ef_divide_by_power_of_two(scaled - log_sum, STEP_BITS) + ZERO_POINT;
        }
        output[i] = (int8_t)ef_clamp(value, INT8_MIN, INT8_MAX);
    }
}

void ef_log_softmax_s8(const ef_log_softmax_params *params, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < params->rows; row++) {
        log_softmax_row(params, input, output);
        input += params->classes;
        output += params->classes;
    }
}
