/* The upper part of a long product by 16-bit products: for cores without a multiplication to 64 bits
 * (Cortex-M0+), where a 64-bit product would be a library call. */
#ifndef EF_HIGH_MULTIPLY_H
#define EF_HIGH_MULTIPLY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* (a * b + rest * 2^16) / 2^32, rounded down, of any a, of b from 0 on and of a rest of 0 or 2^15. */
static inline int32_t ef_multiply_and_add_by_halves(int32_t a, int32_t b, uint32_t rest)
{
    const int32_t a_high = a >> 16;
    const uint32_t a_low = (uint32_t)a & 0xFFFFu;
    const int32_t b_high = b >> 16;
    const uint32_t b_low = (uint32_t)b & 0xFFFFu;
    /* Neither sum overflows: a_high * b_low >= -2^31 takes less than 2^16; a_low * b_high is below 2^31. */
    const int32_t middle = a_high * (int32_t)b_low + (int32_t)((a_low * b_low) >> 16);
    const uint32_t other = a_low * (uint32_t)b_high + ((uint32_t)middle & 0xFFFFu) + rest;

    return a_high * b_high + (middle >> 16) + (int32_t)(other >> 16);
}

/* round(a * b / 2^32), halves up, of any a and of b from 0 on. */
static inline int32_t ef_multiply_by_halves(int32_t a, int32_t b)
{
    return ef_multiply_and_add_by_halves(a, b, 0x8000u);
}

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)
/* Some 30 instructions, often several times in a row: a call is smaller. */
#define EF_INLINE_IF_SHORT __attribute__((noinline, unused))
#else
#define EF_INLINE_IF_SHORT inline
#endif

/* round(a * b / 2^31), halves up, of any a and b that are not both -2^31. */
static EF_INLINE_IF_SHORT int32_t ef_multiply_doubled_by_halves(int32_t a, int32_t b)
{
    const int32_t a_high = a >> 16;
    const int32_t a_low = a & 0xFFFF;
    const int32_t b_high = (int16_t)((uint32_t)b >> 16);
    const int32_t b_low = b & 0xFFFF;
    /* Neither sum leaves 32 bits: a product of 16 and 17 bits with sign is at most 2^31 - 2^16 - 2^15. */
    const int32_t middle = a_high * b_low + (int32_t)(((uint32_t)a_low * (uint32_t)b_low) >> 16);
    const int32_t other = a_low * b_high + (middle & 0xFFFF);

    return 2 * (a_high * b_high + (middle >> 16)) + ((other + 0x4000) >> 15);
}

/* a * b of -2^47 <= a < 2^47 and 0 <= b < 2^15. */
static inline int64_t ef_multiply_wide_by_halves(int64_t a, int32_t b)
{
    const uint64_t bits = (uint64_t)a;
    const uint32_t low = (uint32_t)(bits & 0xFFFFu) * (uint32_t)b;
    const uint32_t middle = (uint32_t)((bits >> 16) & 0xFFFFu) * (uint32_t)b;
    const int32_t high = (int32_t)(a >> 32) * b;

    return (int64_t)(((uint64_t)(uint32_t)high << 32) + ((uint64_t)middle << 16) + low);
}

#ifdef __cplusplus
}
#endif

#endif
