/* The upper half of a 32-bit product, rounded, by four 16-bit products: for cores without a multiplication
 * to 64 bits (Cortex-M0+), where a 64-bit product would be a library call. */
#ifndef EF_HIGH_MULTIPLY_H
#define EF_HIGH_MULTIPLY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* round(a * b / 2^32), halves up, of any a and of b from 0 on. */
static inline int32_t ef_multiply_by_halves(int32_t a, int32_t b)
{
    const int32_t a_high = a >> 16;
    const uint32_t a_low = (uint32_t)a & 0xFFFFu;
    const int32_t b_high = b >> 16;
    const uint32_t b_low = (uint32_t)b & 0xFFFFu;
    /* Neither sum overflows: a_high * b_low >= -2^31 takes less than 2^16; a_low * b_high is below 2^31. */
    const int32_t middle = a_high * (int32_t)b_low + (int32_t)((a_low * b_low) >> 16);
    const uint32_t other = a_low * (uint32_t)b_high + ((uint32_t)middle & 0xFFFFu) + 0x8000u;

    return a_high * b_high + (middle >> 16) + (int32_t)(other >> 16);
}

#ifdef __cplusplus
}
#endif

#endif
