#include "ef_softmax.h"

#include "ef_requantize.h"

/* The table's function at `place`, the table's ends being INT16_MIN and INT16_MAX + 1. */
static int32_t interpolated(const int16_t *table, int32_t place)
{
    const int32_t shifted = ef_clamp(place, INT16_MIN, INT16_MAX) + (1 << 15);
    const int32_t index = shifted >> 7;
    const int32_t slope = table[index + 1] - table[index];
    return table[index] + ((slope * (shifted & 0x7f) + 64) >> 7);
}

static int32_t largest(const int16_t *values, int32_t count)
{
    int32_t result = INT16_MIN;
    for (int32_t i = 0; i < count; i++) {
        result = values[i] > result ? values[i] : result;
    }
    return result;
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

/* The exponentials wait in the output until their sum is known. */
static void softmax_row(const ef_softmax_table_params *p, const int16_t *input, int16_t *output)
{
    const int32_t maximum = largest(input, p->classes);
    int32_t sum = 0; /* Q16.15 */
    int32_t zeros;
    int32_t mantissa; /* of the sum, 2^16 .. 2^17 */
    int32_t reciprocal;

    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t scaled = ef_requantize(input[i] - maximum, p->input_multiplier, p->input_shift);
        output[i] = (int16_t)interpolated(p->exp_table, scaled + INT16_MAX);
        sum += output[i];
    }
    zeros = leading_zeros((uint32_t)sum);
    mantissa = (int32_t)((((uint32_t)sum << (zeros - 1)) + (1u << 13)) >> 14);
    reciprocal = interpolated(p->reciprocal_table, mantissa - (1 << 16) - (1 << 15));

    for (int32_t i = 0; i < p->classes; i++) {
        const int32_t product = output[i] * reciprocal + (1 << (30 - zeros));
        output[i] = (int16_t)ef_clamp(product >> (31 - zeros), 0, INT16_MAX);
    }
}

void ef_softmax_s16(const ef_softmax_table_params *params, const int16_t *input, int16_t *output)
{
    for (int32_t row = 0; row < params->rows; row++) {
        softmax_row(params, input, output);
        input += params->classes;
        output += params->classes;
    }
}
