/* Gathering a line of a channel for ef_line_mve.h, inline, since lines may be short. */
#ifndef EF_GATHER_LINE_MVE_H
#define EF_GATHER_LINE_MVE_H

#include "ef_channel_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Copies count bytes, at least 1, that lie `step` apart, 0 .. 9362, to every fourth byte from `to` on. */
static inline void ef_gather_line(int8_t *to, const int8_t *from, int32_t step, int32_t count)
{
#if EF_HAS_MVE
    __asm__ volatile(
        "mov r12, #0\n\t"
        "vidup.u16 q1, r12, #1\n\t"
        "vshl.i16 q2, q1, #2\n\t"
        "vmul.i16 q1, q1, %2\n\t"
        "lsl r12, %2, #3\n\t"
        "dlstp.16 lr, %3\n"
        "1:\n\t"
        "vldrb.u16 q0, [%1, q1]\n\t"
        "vstrb.16 q0, [%0, q2]\n\t"
        "add %1, %1, r12\n\t"
        "add %0, %0, #32\n\t"
        "letp lr, 1b\n\t"
        : "+r"(to), "+r"(from)
        : "r"(step), "r"(count)
        : "q0", "q1", "q2", "r12", "lr", "cc", "memory");
#else
    for (int32_t i = 0; i < count; i++) {
        to[4 * i] = from[i * step];
    }
#endif
}

#ifdef __cplusplus
}
#endif

#endif
