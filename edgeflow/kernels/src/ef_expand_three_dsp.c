#include "ef_expand_three_dsp.h"

#include "ef_dsp.h"

#if EF_HAS_DSP

#define EXPAND(word, odd) \
    "sxtb16 " odd ", " word ", ror #8\n\t" \
    "rev16 " word ", " word "\n\t" \
    "eor " word ", " word ", #0x007F007F\n\t"

/* Compilers do not store three words at once. */
__attribute__((naked, noinline)) void ef_expand_three_dsp(
    uint32_t *to __attribute__((unused)),
    const int8_t *from __attribute__((unused)),
    int32_t apart __attribute__((unused)),
    int32_t fours __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4, r5, r6, r7, r8, lr}\n"
        "1:\n\t"
        "ldr r8, [r1, r2, lsl #1]\n\t"
        "ldr r7, [r1, r2]\n\t"
        "ldr r6, [r1], #4\n\t" EXPAND("r6", "r4") EXPAND("r7", "r5") EXPAND("r8", "r12")
        "stmia r0!, {r4, r5, r12}\n\t"
        "stmia r0!, {r6, r7, r8}\n\t"
        "subs r3, r3, #1\n\t"
        "bne 1b\n\t"
        "pop {r4, r5, r6, r7, r8, pc}\n\t");
}

#else

void ef_expand_three_dsp(uint32_t *to, const int8_t *from, int32_t apart, int32_t fours)
{
    for (; fours > 0; fours--) {
        for (int32_t p = 0; p < 3; p++) {
            const uint32_t word = ef_load_word(from + p * apart);
            to[p] = ef_odd_bytes(word);
            to[p + 3] = ef_mixed_bytes(word);
        }
        from += 4;
        to += 6;
    }
}

#endif
