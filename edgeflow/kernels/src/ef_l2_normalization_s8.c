#include "ef_l2_normalization.h"

#include "ef_requantize.h"

typedef struct {
    int32_t multiplier; /* as in ef_requantize.h */
    int32_t shift;
} scale_factor;

static int32_t saturating_shift_left(int32_t value, int32_t exponent)
{
    const int64_t shifted = (int64_t)value * ((int64_t)1 << exponent);
    if (shifted > INT32_MAX) {
        return INT32_MAX;
    }
    return shifted < INT32_MIN ? INT32_MIN : (int32_t)shifted;
}

/* 1 / sqrt(2 * mantissa) in Q3.28 of 2^26 <= mantissa < 2^28 in Q3.28: five Newton-Raphson steps, whose
 * roundings are those of the public gemmlowp fixed-point formulas. */
static int32_t newton_inverse_sqrt(int32_t mantissa)
{
    const int32_t three_halves = (1 << 28) + (1 << 27);
    const int32_t half_of_sqrt_2 = 1518500250; /* Q0.31 */
    const int32_t half_mantissa = ef_divide_by_power_of_two(mantissa, 1);
    int32_t x = 1 << 28;

    for (int32_t i = 0; i < 5; i++) {
        const int32_t square = ef_multiply_high(x, x);                               /* Q6.25 */
        const int32_t cube = saturating_shift_left(ef_multiply_high(square, x), 6); /* Q9.22 to Q3.28 */
        const int32_t step = ef_multiply_high(three_halves, x) - ef_multiply_high(half_mantissa, cube);
        x = saturating_shift_left(step, 3); /* Q6.25 to Q3.28 */
    }
    return ef_multiply_high(x, half_of_sqrt_2);
}

/* 1 / sqrt(value); of 0 and 1 nearly 1. */
static scale_factor inverse_sqrt(int32_t value)
{
    scale_factor result = {INT32_MAX, 0};
    int32_t right_shift = 11;

    if (value <= 1) {
        return result;
    }
    while (value >= (1 << 29)) {
        value /= 4;
        right_shift++;
    }
    while (value < (1 << 27)) {
        value *= 4;
        right_shift--;
    }
    result.multiplier = newton_inverse_sqrt(value >> 1);
    if (right_shift < 0) {
        result.multiplier = ef_shift_left(result.multiplier, -right_shift);
        right_shift = 0;
    }
    result.shift = -right_shift;
    return result;
}

static int32_t sum_of_squares(const ef_l2_normalization_params *p, const int8_t *input)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < p->channels; i++) {
        const int32_t value = input[i] + p->input_offset;
        sum += value * value;
    }
    return sum;
}

void ef_l2_normalization_s8(
    const ef_l2_normalization_params *params, const int8_t *input, int8_t *output)
{
    const ef_l2_normalization_params *p = params;

    for (int32_t row = 0; row < p->rows; row++) {
        const scale_factor factor = inverse_sqrt(sum_of_squares(p, input));
        for (int32_t i = 0; i < p->channels; i++) {
            const int32_t value = input[i] + p->input_offset;
            const int32_t steps = ef_requantize(value, factor.multiplier, factor.shift + 7);
            output[i] = (int8_t)ef_clamp(steps, INT8_MIN, INT8_MAX);
        }
        input += p->channels;
        output += p->channels;
    }
}
