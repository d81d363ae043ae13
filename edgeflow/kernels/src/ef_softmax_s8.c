#include "ef_softmax.h"

#include "ef_fixed_point.h"

static int32_t largest(const int8_t *values, int32_t count)
{
    int32_t result = INT8_MIN;
    for (int32_t i = 0; i < count; i++) {
        result = values[i] > result ? values[i] : result;
    }
    return result;
}

/* exp(beta * scale * difference) in Q0.31; the difference is from the row's maximum, so at most 0. */
static int32_t scaled_exp(const ef_softmax_params *p, int32_t difference)
{
    const int32_t shifted = ef_shift_left(difference, p->input_left_shift);
    return ef_exp_on_negative(ef_multiply_high(shifted, p->input_multiplier));
}

/* Zero bits above the highest set bit; value is positive. */
static int32_t leading_zeros(uint32_t value)
{
    int32_t zeros = 0;
    while ((value & 0x80000000u) == 0) {
        value <<= 1;
        zeros++;
    }
    return zeros;
}

/* reciprocal * exponential / 2^right_shift in steps of 1/256; what is less than half a step is 0. */
static int32_t probability(int32_t reciprocal, int32_t exponential, int32_t right_shift)
{
    if (right_shift > 31) {
        return 0;
    }
    return ef_divide_by_power_of_two(ef_multiply_high(reciprocal, exponential), right_shift);
}

static void softmax_row(const ef_softmax_params *p, const int8_t *input, int8_t *output)
{
    const int32_t maximum = largest(input, p->classes);
    int32_t sum = 0; /* Q12.19 */
    int32_t zeros;
    int32_t reciprocal; /* of the sum's mantissa in 1 .. 2, Q0.31 */
    int32_t right_shift;

    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t difference = input[i] - maximum;
        if (difference >= p->difference_min) {
            sum += ef_divide_by_power_of_two(scaled_exp(p, difference), 12);
        }
    }
    zeros = leading_zeros((uint32_t)sum);
    reciprocal = ef_one_over_one_plus((int32_t)(((uint32_t)sum << zeros) & 0x7fffffffu));
    right_shift = 12 - zeros + 23; /* the sum's exponent, and Q0.31 to 1/256 steps */

    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t difference = input[i] - maximum;
        int32_t value = INT8_MIN;
        if (difference >= p->difference_min) {
            value += probability(reciprocal, scaled_exp(p, difference), right_shift);
        }
        output[i] = (int8_t)ef_clamp(value, INT8_MIN, INT8_MAX);
    }
}

void ef_softmax_s8(const ef_softmax_params *params, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < params->rows; row++) {
        softmax_row(params, input, output);
        input += params->classes;
        output += params->classes;
    }
}
