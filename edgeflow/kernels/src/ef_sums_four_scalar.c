#include "ef_sums_four_scalar.h"

#include "ef_sums_scalar.h"

#if defined(__riscv) && __riscv_xlen == 32 && defined(__riscv_mul) && !defined(__riscv_32e) && defined(__GNUC__)

/* a0 words, a1, a2, a4 and a5 weights, a3 sums, a6 the words' end; sums in s0 to s11. */
#define MULTIPLY(weight, sum_0, sum_1, sum_2) \
    "mul t4, a7, " weight "\n\t" \
    "mul t5, t0, " weight "\n\t" \
    "mul t6, t1, " weight "\n\t" \
    "add " sum_0 ", " sum_0 ", t4\n\t" \
    "add " sum_1 ", " sum_1 ", t5\n\t" \
    "add " sum_2 ", " sum_2 ", t6\n\t"

/* 31 instructions for 16 multiply-accumulates. */
#define TAP(place, word_0, word_1, word_2) \
    "lbu t2, " place "(a1)\n\t" \
    "lw a7, " word_0 "(a0)\n\t" \
    "lw t0, " word_1 "(a0)\n\t" \
    "lw t1, " word_2 "(a0)\n\t" \
    "lbu t3, " place "(a2)\n\t" \
    MULTIPLY("t2", "s0", "s1", "s2") \
    "lbu t2, " place "(a4)\n\t" \
    MULTIPLY("t3", "s3", "s4", "s5") \
    "lbu t3, " place "(a5)\n\t" \
    MULTIPLY("t2", "s6", "s7", "s8") \
    MULTIPLY("t3", "s9", "s10", "s11")

#define MOVE(what, first, second, third, fourth, place_0, place_1, place_2, place_3, base) \
    what " " first ", " place_0 "(" base ")\n\t" \
    what " " second ", " place_1 "(" base ")\n\t" \
    what " " third ", " place_2 "(" base ")\n\t" \
    what " " fourth ", " place_3 "(" base ")\n\t"

#define MOVE_SUMS(what, base) \
    MOVE(what, "s0", "s1", "s2", "s3", "0", "4", "8", "12", base) \
    MOVE(what, "s4", "s5", "s6", "s7", "16", "20", "24", "28", base) \
    MOVE(what, "s8", "s9", "s10", "s11", "32", "36", "40", "44", base)

/* Written whole in assembly: it takes 27 registers, and compilers take more and spill them. */
__attribute__((naked, noinline)) void ef_sums_four_scalar(
    const uint32_t *words __attribute__((unused)),
    const uint8_t *weights __attribute__((unused)),
    int32_t taps __attribute__((unused)),
    uint32_t *sums __attribute__((unused)))
{
    __asm__ volatile(
        "addi sp, sp, -48\n\t"
        MOVE_SUMS("sw", "sp")
        MOVE_SUMS("lw", "a3")
        "slli t0, a2, 2\n\t"
        "slli t1, a2, 3\n\t"
        "add a6, a0, t0\n\t"
        "add a6, a6, t1\n\t"
        "add t0, a1, a2\n\t"
        "add a4, t0, a2\n\t"
        "add a5, a4, a2\n\t"
        "mv a2, t0\n"
        "1:\n\t"
        TAP("0", "0", "4", "8")
        TAP("1", "12", "16", "20")
        TAP("2", "24", "28", "32")
        TAP("3", "36", "40", "44")
        "addi a0, a0, 48\n\t"
        "addi a1, a1, 4\n\t"
        "addi a2, a2, 4\n\t"
        "addi a4, a4, 4\n\t"
        "addi a5, a5, 4\n\t"
        "bltu a0, a6, 1b\n\t"
        MOVE_SUMS("sw", "a3")
        MOVE_SUMS("lw", "sp")
        "addi sp, sp, 48\n\t"
        "ret\n\t");
}

#else

void ef_sums_four_scalar(const uint32_t *words, const uint8_t *weights, int32_t taps, uint32_t *sums)
{
    for (int32_t channel = 0; channel < 4; channel++) {
        for (int32_t i = 0; i < taps; i++) {
            for (int32_t k = 0; k < EF_WORDS_PER_TAP; k++) {
                sums[k] += words[EF_WORDS_PER_TAP * i + k] * weights[i];
            }
        }
        weights += taps;
        sums += EF_WORDS_PER_TAP;
    }
}

#endif
