#include "ef_dense_scalar.h"

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)

/* r0 behind the input, r2 minus the taps left, r1 weights, r3 and r4 factors; sums in r5, r6, r7 and r12. */
#define TAP(first, second, third, fourth) \
    "ldrsb r3, [r0, r2]\n\t" \
    "ldrb r4, [r1, #" first "]\n\t" \
    "muls r4, r3, r4\n\t" \
    "adds r5, r5, r4\n\t" \
    "ldrb r4, [r1, #" second "]\n\t" \
    "muls r4, r3, r4\n\t" \
    "adds r6, r6, r4\n\t" \
    "ldrb r4, [r1, #" third "]\n\t" \
    "muls r4, r3, r4\n\t" \
    "adds r7, r7, r4\n\t" \
    "ldrb r4, [r1, #" fourth "]\n\t" \
    "muls r4, r3, r4\n\t" \
    "add r12, r12, r4\n\t"

/* Written whole in assembly, because the loop needs every low register there is. */
__attribute__((naked, noinline)) void ef_dense_scalar(
    const int8_t *input __attribute__((unused)),
    const uint8_t *weights __attribute__((unused)),
    int32_t taps __attribute__((unused)),
    int32_t *sums __attribute__((unused)))
{
    __asm__ volatile(
        ".syntax unified\n\t"
        "push {r3, r4, r5, r6, r7, lr}\n\t"
        "ldmia r3!, {r4, r5, r6, r7}\n\t"
        "mov r12, r7\n\t"
        "mov r7, r6\n\t"
        "mov r6, r5\n\t"
        "mov r5, r4\n\t"
        "adds r0, r0, r2\n\t"
        "rsbs r2, r2, #0\n"
        "1:\n\t" /* one tap, until a multiple of 4 is left */
        "lsls r3, r2, #30\n\t"
        "beq 2f\n\t"
        TAP("0", "1", "2", "3")
        "adds r1, r1, #4\n\t"
        "adds r2, r2, #1\n\t"
        "b 1b\n"
        "2:\n\t"
        "cmp r2, #0\n\t"
        "beq 4f\n"
        "3:\n\t"
        TAP("0", "1", "2", "3")
        "adds r2, r2, #1\n\t"
        TAP("4", "5", "6", "7")
        "adds r2, r2, #1\n\t"
        TAP("8", "9", "10", "11")
        "adds r2, r2, #1\n\t"
        TAP("12", "13", "14", "15")
        "adds r1, r1, #16\n\t"
        "adds r2, r2, #1\n\t"
        "bne 3b\n"
        "4:\n\t"
        "ldr r3, [sp]\n\t"
        "mov r4, r12\n\t"
        "stmia r3!, {r5, r6, r7}\n\t"
        "str r4, [r3]\n\t"
        "pop {r3, r4, r5, r6, r7, pc}\n\t");
}

#else

/* The tap at input[i] of four channels. */
#define TAP(i) \
    do { \
        const int32_t x = input[i]; \
        first += x * weights[4 * (i)]; \
        second += x * weights[4 * (i) + 1]; \
        third += x * weights[4 * (i) + 2]; \
        fourth += x * weights[4 * (i) + 3]; \
    } while (0)

void ef_dense_scalar(const int8_t *input, const uint8_t *weights, int32_t taps, int32_t *sums)
{
    const int8_t *const end = input + taps / 2 * 2;
    int32_t first = sums[0];
    int32_t second = sums[1];
    int32_t third = sums[2];
    int32_t fourth = sums[3];

    while (input < end) {
        TAP(0);
        TAP(1);
        input += 2;
        weights += 8;
    }
    if (taps % 2 != 0) {
        TAP(0);
    }
    sums[0] = first;
    sums[1] = second;
    sums[2] = third;
    sums[3] = fourth;
}

#endif
