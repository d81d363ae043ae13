#include "ef_sums_scalar.h"

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)

/* 8 instructions for 4 multiply-accumulates; r0 words, r1 weights, sums in r12, lr and r7. */
#define TAP(place) \
    "ldmia r0!, {r4, r5, r6}\n\t" \
    "ldrb r3, [r1, #" place "]\n\t" \
    "muls r4, r3, r4\n\t" \
    "muls r5, r3, r5\n\t" \
    "muls r6, r3, r6\n\t" \
    "add r12, r12, r4\n\t" \
    "add lr, lr, r5\n\t" \
    "adds r7, r7, r6\n\t"

#define FOUR_TAPS TAP("0") TAP("1") TAP("2") TAP("3") "adds r1, r1, #4\n\t"

/* Written whole in assembly, because the loop needs every register there is. */
__attribute__((naked, noinline)) void ef_sums_scalar(
    const uint32_t *words __attribute__((unused)),
    const uint8_t *weights __attribute__((unused)),
    int32_t taps __attribute__((unused)),
    uint32_t *sums __attribute__((unused)))
{
    __asm__ volatile(
        ".syntax unified\n\t"
        "push {r3, r4, r5, r6, r7, lr}\n\t"
        "ldmia r3!, {r4, r5, r6}\n\t"
        "mov r12, r4\n\t"
        "mov lr, r5\n\t"
        "mov r7, r6\n\t"
        /* Eight taps a round; of an odd number of fours the first round is its second half only. */
        "lsrs r2, r2, #3\n\t"
        "bcc 1f\n\t"
        "adds r2, r2, #1\n\t"
        "b 2f\n"
        "1:\n\t" FOUR_TAPS
        "2:\n\t" FOUR_TAPS
        "subs r2, r2, #1\n\t"
        "bne 1b\n\t"
        "ldr r3, [sp]\n\t"
        "mov r5, r12\n\t"
        "mov r6, lr\n\t"
        "stmia r3!, {r5, r6, r7}\n\t"
        "pop {r3, r4, r5, r6, r7, pc}\n\t");
}

#elif defined(__ARM_ARCH_7M__) && defined(__GNUC__)

/* 9 instructions for 8 multiply-accumulates; r0 words, r1 weights, r2 taps, r4 to r6 sums, r7 a weight. */
#define TWO_TAPS \
    "ldmia r0!, {r8, r9, r10, r11, r12, lr}\n\t" \
    "ldrb r7, [r1], #1\n\t" \
    "mla r4, r8, r7, r4\n\t" \
    "mla r5, r9, r7, r5\n\t" \
    "mla r6, r10, r7, r6\n\t" \
    "ldrb r7, [r1], #1\n\t" \
    "mla r4, r11, r7, r4\n\t" \
    "mla r5, r12, r7, r5\n\t" \
    "mla r6, lr, r7, r6\n\t"

/* In assembly because gcc makes half as many again of it. */
__attribute__((naked, noinline)) void ef_sums_scalar(
    const uint32_t *words __attribute__((unused)),
    const uint8_t *weights __attribute__((unused)),
    int32_t taps __attribute__((unused)),
    uint32_t *sums __attribute__((unused)))
{
    __asm__ volatile(
        "push {r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        "ldmia r3, {r4, r5, r6}\n"
        "1:\n\t" TWO_TAPS TWO_TAPS
        "subs r2, r2, #4\n\t"
        "bne 1b\n\t"
        "ldr r3, [sp]\n\t"
        "stmia r3, {r4, r5, r6}\n\t"
        "pop {r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

void ef_sums_scalar(const uint32_t *words, const uint8_t *weights, int32_t taps, uint32_t *sums)
{
    const uint32_t *const end = words + EF_WORDS_PER_TAP * taps;
    uint32_t first = sums[0];
    uint32_t second = sums[1];
    uint32_t third = sums[2];

    while (words < end) {
        for (int32_t i = 0; i < 4; i++) {
            const uint32_t weight = weights[i];
            first += words[0] * weight;
            second += words[1] * weight;
            third += words[2] * weight;
            words += EF_WORDS_PER_TAP;
        }
        weights += 4;
    }
    sums[0] = first;
    sums[1] = second;
    sums[2] = third;
}

#endif
