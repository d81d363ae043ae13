/* Products and lengths of numbers that the features of sound are made of. */
#ifndef EF_AUDIO_ARITHMETIC_H
#define EF_AUDIO_ARITHMETIC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* a * b / 2^32, rounded down, of any a and of b from 0 on. */
static inline int32_t ef_audio_high(int32_t a, int32_t b)
{
#if defined(__ARM_ARCH_6M__)
    /* By 16-bit products, as a long one would be a library call. No sum overflows: a_high * b_low takes
     * less than 2^16 above -2^31, and a_low * b_high is below 2^31. */
    const int32_t a_high = a >> 16;
    const uint32_t a_low = (uint32_t)a & 0xFFFFu;
    const uint32_t b_high = (uint32_t)b >> 16;
    const uint32_t b_low = (uint32_t)b & 0xFFFFu;
    const int32_t middle = a_high * (int32_t)b_low + (int32_t)((a_low * b_low) >> 16);
    const uint32_t other = a_low * b_high + ((uint32_t)middle & 0xFFFFu);
    return a_high * (int32_t)b_high + (middle >> 16) + (int32_t)(other >> 16);
#else
    return (int32_t)(((int64_t)a * b) >> 32);
#endif
}

/* power * weight of a weight below 2^16. */
static inline uint64_t ef_audio_weighted(uint32_t power, uint32_t weight)
{
#if defined(__ARM_ARCH_6M__)
    return ((uint64_t)((power >> 16) * weight) << 16) + (power & 0xFFFFu) * weight;
#else
    return (uint64_t)power * weight;
#endif
}

/* The number itself, or -1 less a negative one. */
static inline int32_t ef_audio_magnitude(int32_t value)
{
    return value < 0 ? -1 - value : value;
}

/* Bits of a number, 0 for 0. */
static inline int32_t ef_audio_bits(uint32_t value)
{
#if defined(__ARM_FEATURE_CLZ)
    return value == 0 ? 0 : 32 - __builtin_clz(value);
#else
    int32_t bits = 0;

    for (int32_t step = 16; step > 0; step >>= 1) {
        if (value >> step != 0) {
            value >>= step;
            bits += step;
        }
    }
    return bits + (value != 0 ? 1 : 0);
#endif
}

#ifdef __cplusplus
}
#endif

#endif
