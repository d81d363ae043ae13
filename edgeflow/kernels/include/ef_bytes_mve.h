/* Copying and filling bytes 16 at a time, inline, since a window's rows are short. */
#ifndef EF_BYTES_MVE_H
#define EF_BYTES_MVE_H

#include "ef_channel_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Copies count bytes, at least 1, between places that do not overlap; returns the end of the copy. */
static inline int8_t *ef_copy_bytes(int8_t *to, const int8_t *from, int32_t count)
{
#if EF_HAS_MVE
    int8_t *begin = to;
    __asm__ volatile(
        "dlstp.8 lr, %2\n"
        "1:\n\t"
        "vldrb.8 q0, [%1], #16\n\t"
        "vstrb.8 q0, [%0], #16\n\t"
        "letp lr, 1b\n\t"
        : "+r"(begin), "+r"(from)
        : "r"(count)
        : "q0", "lr", "memory");
#else
    for (int32_t i = 0; i < count; i++) {
        to[i] = from[i];
    }
#endif
    return to + count;
}

/* Fills count bytes, which may be none; returns the end. */
static inline int8_t *ef_fill_bytes(int8_t *to, int32_t value, int32_t count)
{
#if EF_HAS_MVE
    int8_t *begin = to;
    __asm__ volatile(
        "vdup.8 q0, %2\n\t"
        "wlstp.8 lr, %1, 2f\n"
        "1:\n\t"
        "vstrb.8 q0, [%0], #16\n\t"
        "letp lr, 1b\n"
        "2:\n\t"
        : "+r"(begin)
        : "r"(count), "r"(value)
        : "q0", "lr", "memory");
#else
    for (int32_t i = 0; i < count; i++) {
        to[i] = (int8_t)value;
    }
#endif
    return to + count;
}

#ifdef __cplusplus
}
#endif

#endif
