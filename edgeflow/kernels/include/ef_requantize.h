/* Fixed-point scaling of 32-bit sums: the arithmetic of TFLite's reference kernels, bit for bit.
 *
 * A positive real factor is `multiplier * 2^(shift - 31)` with a multiplier of 0 or 2^30 .. 2^31 - 1.
 * The product is rounded twice: once to the high half (halves up), once by the right shift (halves
 * away from zero). Sources: B. Jacob et al., "Quantization and Training of Neural Networks for
 * Efficient Integer-Arithmetic-Only Inference", arXiv 1712.05877, section 2.2 and appendix B; for the
 * roundings the TFLite 8-bit specification.
 *
 * A right shift of a negative value is taken to copy the sign, as every compiler for these cores does.
 */
#ifndef EF_REQUANTIZE_H
#define EF_REQUANTIZE_H

#include "ef_high_multiply.h"

#ifdef __cplusplus
extern "C" {
#endif

/* round(value * multiplier / 2^31), halves up. multiplier is not INT32_MIN. */
static inline int32_t ef_multiply_high(int32_t value, int32_t multiplier)
{
#if defined(__ARM_ARCH_6M__)
    return ef_multiply_doubled_by_halves(value, multiplier);
#else
    const int64_t product = (int64_t)value * multiplier;
    return (int32_t)((product + ((int64_t)1 << 30)) >> 31);
#endif
}

/* round(value / 2^exponent), halves away from zero; exponent 0 .. 31. */
static inline int32_t ef_divide_by_power_of_two(int32_t value, int32_t exponent)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/* value * 2^exponent modulo 2^32, as the reference does on overflow; exponent 0 .. 31. */
static inline int32_t ef_shift_left(int32_t value, int32_t exponent)
{
    return (int32_t)((uint32_t)value << exponent);
}

/* round(value * multiplier * 2^(shift - 31)); shift -31 .. 30, positive to the left. */
static inline int32_t ef_requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    if (shift > 0) {
        return ef_multiply_high(ef_shift_left(value, shift), multiplier);
    }
    return ef_divide_by_power_of_two(ef_multiply_high(value, multiplier), -shift);
}

/* value limited to low .. high. */
static inline int32_t ef_clamp(int32_t value, int32_t low, int32_t high)
{
    if (value < low) {
        return low;
    }
    return value > high ? high : value;
}

#ifdef __cplusplus
}
#endif

#endif
