#include "ef_tile_dsp.h"

#include "ef_dsp.h"
#include "ef_tile_output.h"

#if EF_HAS_DSP

/* One pair of taps of two filters at three positions: r9 to r11 the inputs, r12 and lr the filters. */
#define TWO_TAPS \
    "ldmia r1!, {r9, r10, r11}\n\t" \
    "smlad r3, r12, r9, r3\n\t" \
    "smlad r4, r12, r10, r4\n\t" \
    "smlad r5, r12, r11, r5\n\t" \
    "smlad r6, lr, r9, r6\n\t" \
    "smlad r7, lr, r10, r7\n\t" \
    "smlad r8, lr, r11, r8\n\t"

/* Four taps: 17 instructions for 24 multiply-accumulates. r0 weights, r1 positions; sums: r3 to r5 the
 * first channel, r6 to r8 the second. */
#define FOUR_TAPS \
    "ldrd r12, lr, [r0], #8\n\t" TWO_TAPS \
    "sxtb16 r12, r12\n\t" \
    "sxtb16 lr, lr\n\t" TWO_TAPS

/* A sum to an output with multiplier r11, addend r12 and shift lr. */
#define CUT(sum) \
    "smmla " sum ", " sum ", r11, r12\n\t" \
    "asr " sum ", " sum ", lr\n\t" \
    "ssat " sum ", #8, " sum "\n\t"

/* The same as ef_channel_output has it, of 256 times a sum. */
#define SIGNED(sum) \
    "asr " sum ", " sum ", #7\n\t" \
    "smmulr " sum ", " sum ", r11\n\t" \
    "add " sum ", " sum ", " sum ", asr #31\n\t" \
    "add " sum ", " sum ", r12\n\t" \
    "asr " sum ", " sum ", lr\n\t" \
    "ssat " sum ", #8, " sum "\n\t"

/* r1 output, r9 second, r10 third. Nothing here changes flags. */
#define CHANNEL(OUTPUT, first, second, third) \
    "ldmia r0!, {r11, r12, lr}\n\t" OUTPUT(third) "strb " third ", [r1, r10]\n\t" \
    OUTPUT(second) "strb " second ", [r1, r9]\n\t" OUTPUT(first) "strb " first ", [r1], #1\n\t"

/* Both channels, or one that is the last; then the next pair. */
#define OUTPUTS(OUTPUT) \
    "ldmia sp, {r1, r2, r9, r10}\n\t" CHANNEL(OUTPUT, "r3", "r4", "r5") \
    "subs r2, r2, #2\n\t" \
    "bmi 9f\n\t" CHANNEL(OUTPUT, "r6", "r7", "r8") \
    "strd r1, r2, [sp]\n\t" \
    "bgt 1b\n"

/* Written whole in assembly, because the inner loop needs every register there is, whatever the
 * options of the compiler. On the stack: output, channels, second, third, positions, rounds. */
__attribute__((naked, noinline)) void ef_tile_dsp(const ef_tile_job *job __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        "ldmia r0, {r0, r1, r2, r3, r4, r5, r6, r7}\n\t"
        "subs r6, r6, #1\n\t"
        "add r6, r7, r6, lsl #1\n\t" /* rounds: 2 * (fours - 1) + signs */
        "push {r1, r2, r3, r4, r5, r6}\n"
        "1:\n\t" /* a pair of channels: sums begin with their biases */
        "ldrd r3, r6, [r0], #8\n\t"
        "ldrd r1, r2, [sp, #16]\n\t"
        "mov r4, r3\n\t"
        "mov r5, r3\n\t"
        "mov r7, r6\n\t"
        "mov r8, r6\n\t" /* Two groups of taps a round; of an odd number the first is its second half only. */
        "tst r2, #2\n\t"
        "beq 3f\n"
        "2:\n\t" FOUR_TAPS
        "3:\n\t" FOUR_TAPS
        "subs r2, r2, #4\n\t"
        "bpl 2b\n\t"
        "lsls r2, r2, #31\n\t" /* signs */
        "bne 4f\n\t" OUTPUTS(CUT)
        "b 9f\n"
        "4:\n\t" OUTPUTS(SIGNED)
        "9:\n\t"
        "add sp, sp, #24\n\t"
        "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

void ef_tile_dsp(const ef_tile_job *job)
{
    const int32_t places[EF_TILE_POSITIONS] = {0, job->second, job->third};
    const int8_t *weights = job->weights;
    for (int32_t c = 0; c < job->channels; c += 2) {
        int32_t sums[2][EF_TILE_POSITIONS];
        const uint32_t *y = job->positions;
        for (int32_t o = 0; o < 2; o++) {
            sums[o][0] = sums[o][1] = sums[o][2] = (int32_t)ef_load_word(weights);
            weights += 4;
        }
        for (int32_t i = 0; i < job->fours; i++) {
            for (int32_t o = 0; o < 2; o++) {
                const uint32_t both = ef_load_word(weights);
                const uint32_t even = ef_even_bytes(both);
                for (int32_t p = 0; p < EF_TILE_POSITIONS; p++) {
                    const int32_t sum = ef_add_products(both, y[p], sums[o][p]);
                    sums[o][p] = ef_add_products(even, y[p + EF_TILE_POSITIONS], sum);
                }
                weights += 4;
            }
            y += EF_TILE_FOUR_WORDS;
        }
        for (int32_t o = 0; o < 2; o++) {
            for (int32_t p = EF_TILE_POSITIONS - 1; p >= 0 && c + o < job->channels; p--) {
                job->output[places[p] + c + o] = ef_tile_output(weights, sums[o][p], job->signs);
            }
            weights += 12;
        }
    }
}

#endif
