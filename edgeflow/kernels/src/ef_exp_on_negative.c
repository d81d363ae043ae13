#include "ef_exp_on_negative.h"

#include "ef_fixed_point.h"

/* exp(a) in Q0.31 of a in -1/4 <= a < 0, Q0.31. */
static int32_t ef_exp_near_zero(int32_t a)
{
    const int32_t exp_minus_eighth = 1895147668; /* exp(-1/8), Q0.31 */
    const int32_t third = 715827883;             /* 1/3, Q0.31 */
    const int32_t x = a + (1 << 28);             /* a + 1/8 */
    const int32_t x2 = ef_multiply_high(x, x);
    const int32_t x3 = ef_multiply_high(x2, x);
    const int32_t x4 = ef_multiply_high(x2, x2);
    const int32_t cubic = ef_multiply_high(ef_divide_by_power_of_two(x4, 2) + x3, third);
    const int32_t tail = ef_divide_by_power_of_two(cubic + x2, 1); /* x2/2 + x3/6 + x4/24 */
    return exp_minus_eighth + ef_multiply_high(exp_minus_eighth, x + tail);
}

int32_t ef_exp_on_negative(int32_t a)
{
    /* exp(-2^k) for k = -2 .. 4, Q0.31 */
    static const int32_t factors[7] = {
        1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24;
    const int32_t fraction = (a & (quarter - 1)) - quarter; /* -1/4 <= fraction < 0 */
    const int32_t rest = fraction - a;                      /* a multiple of 1/4, at least 0 */
    int32_t result;

    if (a == 0) {
        return EF_Q0_ONE;
    }
    result = ef_exp_near_zero(fraction * 32);
    for (int32_t k = 0; k < 7; k++) {
        if ((rest & (quarter << k)) != 0) {
            result = ef_multiply_high(result, factors[k]);
        }
    }
    return result;
}
