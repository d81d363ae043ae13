/* Pairs of 16-bit numbers in a word, and rounding products: the DSP extension of Cortex-M4, M7 and M33,
 * and the same in plain C elsewhere, bit for bit, so that a host runs the same kernels.
 *
 * Words are little-endian, as every Cortex-M core in use and every usual host has them.
 */
#ifndef EF_DSP_H
#define EF_DSP_H

#include "ef_high_multiply.h"

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
#define EF_HAS_DSP 1
#else
#define EF_HAS_DSP 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Four bytes at any address, the first one lowest; compilers make one load of it. */
static inline uint32_t ef_load_word(const int8_t *bytes)
{
    const uint8_t *const b = (const uint8_t *)bytes;
    return (uint32_t)b[0] | ((uint32_t)b[1] << 8) | ((uint32_t)b[2] << 16) | ((uint32_t)b[3] << 24);
}

/* Two bytes at any address, in the same way. */
static inline uint32_t ef_load_half(const int8_t *bytes)
{
    const uint8_t *const b = (const uint8_t *)bytes;
    return (uint32_t)b[0] | ((uint32_t)b[1] << 8);
}

/* Bytes 0 and 2 as two int16. */
static inline uint32_t ef_even_bytes(uint32_t word)
{
#if EF_HAS_DSP
    uint32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
#else
    const uint32_t low = (uint32_t)(int32_t)(int8_t)(word & 0xFFu);
    const uint32_t high = (uint32_t)(int32_t)(int8_t)((word >> 16) & 0xFFu);
    return (low & 0xFFFFu) | (high << 16);
#endif
}

/* Bytes 1 and 3 as two int16. */
static inline uint32_t ef_odd_bytes(uint32_t word)
{
#if EF_HAS_DSP
    uint32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
    return pair;
#else
    return ef_even_bytes(word >> 8);
#endif
}

/* Four bytes to any address, the lowest first; compilers make one store of it. */
static inline void ef_store_word(int8_t *bytes, uint32_t word)
{
    uint8_t *const b = (uint8_t *)bytes;
    b[0] = (uint8_t)word;
    b[1] = (uint8_t)(word >> 8);
    b[2] = (uint8_t)(word >> 16);
    b[3] = (uint8_t)(word >> 24);
}

/* For each byte the larger one, as int8. */
static inline uint32_t ef_larger_bytes(uint32_t a, uint32_t b)
{
#if EF_HAS_DSP
    uint32_t larger;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(larger) : "r"(a), "r"(b) : "cc");
    return larger;
#else
    uint32_t larger = 0;
    for (int32_t at = 0; at < 32; at += 8) {
        const uint32_t left = (a >> at) & 0xFFu;
        const uint32_t right = (b >> at) & 0xFFu;
        larger |= ((int8_t)left > (int8_t)right ? left : right) << at;
    }
    return larger;
#endif
}

/* 256 * a - b + 127 as two int16, with a the bytes 0 and 2 of `word` and b its bytes 1 and 3. The low
 * byte is b with all bits but the highest turned, as 127 - b - 256 * [b < 0] is, and the high byte is a. */
static inline uint32_t ef_mixed_bytes(uint32_t word)
{
#if EF_HAS_DSP
    uint32_t swapped;
    __asm__("rev16 %0, %1" : "=r"(swapped) : "r"(word));
#else
    const uint32_t swapped = ((word << 8) & 0xFF00FF00u) | ((word >> 8) & 0x00FF00FFu);
#endif
    return swapped ^ 0x007F007Fu;
}

/* sum plus both products of the int16 pairs, modulo 2^32. */
static inline int32_t ef_add_products(uint32_t a, uint32_t b, int32_t sum)
{
#if EF_HAS_DSP
    int32_t result;
    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
#else
    const int32_t low = (int32_t)(int16_t)(a & 0xFFFFu) * (int16_t)(b & 0xFFFFu);
    const int32_t high = (int32_t)(int16_t)(a >> 16) * (int16_t)(b >> 16);
    return (int32_t)((uint32_t)sum + (uint32_t)low + (uint32_t)high);
#endif
}

/* Two int16 that stand in a row. */
static inline uint32_t ef_load_pair(const int16_t *pair)
{
    return (uint32_t)(uint16_t)pair[0] | ((uint32_t)(uint16_t)pair[1] << 16);
}

/* low and high as two int16 in a word. */
static inline uint32_t ef_pair(int32_t low, int32_t high)
{
#if EF_HAS_DSP
    uint32_t pair;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(pair) : "r"(low), "r"(high));
    return pair;
#else
    return ((uint32_t)low & 0xFFFFu) | ((uint32_t)high << 16);
#endif
}


/* round(a * b / 2^32), halves up, of b from 0 on. */
static inline int32_t ef_multiply_rounded(int32_t a, int32_t b)
{
#if EF_HAS_DSP
    int32_t result;
    __asm__("smmulr %0, %1, %2" : "=r"(result) : "r"(a), "r"(b));
    return result;
#elif defined(__ARM_ARCH_6M__)
    return ef_multiply_by_halves(a, b);
#else
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 31)) >> 32);
#endif
}

/* value limited to -128 .. 127. */
static inline int32_t ef_saturate_8(int32_t value)
{
#if EF_HAS_DSP
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
#else
    if (value < INT8_MIN) {
        return INT8_MIN;
    }
    return value > INT8_MAX ? INT8_MAX : value;
#endif
}

#ifdef __cplusplus
}
#endif

#endif
