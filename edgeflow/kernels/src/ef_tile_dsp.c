#include "ef_tile_dsp.h"

#include "ef_dsp.h"
#include "ef_tile_output.h"

#if EF_HAS_DSP

/* One pair of taps of two filters at three positions: r9 to r11 the inputs, r12 and lr the filters. Sums: r3
 * to r5 the first channel, r6 to r8 the second; those of the later positions go on from the given ones. */
#define TWO_TAPS(first, second, third, fourth) \
    "ldmia r1!, {r9, r10, r11}\n\t" \
    "smlad r4, r12, r10, " first "\n\t" \
    "smlad r5, r12, r11, " second "\n\t" \
    "smlad r3, r12, r9, r3\n\t" \
    "smlad r7, lr, r10, " third "\n\t" \
    "smlad r8, lr, r11, " fourth "\n\t" \
    "smlad r6, lr, r9, r6\n\t"

/* Four taps: 17 instructions for 24 multiply-accumulates. r0 weights, r1 positions. */
#define TAPS(first, second, third, fourth) \
    "ldrd r12, lr, [r0], #8\n\t" TWO_TAPS(first, second, third, fourth) \
    "sxtb16 r12, r12\n\t" \
    "sxtb16 lr, lr\n\t" TWO_TAPS("r4", "r5", "r7", "r8")
#define FIRST_TAPS TAPS("r3", "r3", "r6", "r6")
#define FOUR_TAPS TAPS("r4", "r5", "r7", "r8")

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
        "ldrd r1, r2, [sp, #16]\n\t" FIRST_TAPS
        /* Then four groups a round, of the first round only the last 0 to 3: an offset for each, halved. */
        "ubfx r12, r2, #1, #2\n\t"
        "tbb [pc, r12]\n"
        "2: .byte (7f - 2b) / 2, (6f - 2b) / 2, (5f - 2b) / 2, (4f - 2b) / 2\n"
        "3:\n\t" FOUR_TAPS "4:\n\t" FOUR_TAPS "5:\n\t" FOUR_TAPS "6:\n\t" FOUR_TAPS
        "7: subs r2, r2, #8\n\t"
        "bpl 3b\n\t"
        "lsls r2, r2, #31\n\t" /* signs */
        "bne 8f\n\t" OUTPUTS(CUT)
        "b 9f\n"
        "8:\n\t" OUTPUTS(SIGNED)
        "9: add sp, #24\n\t"
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
            const int32_t bias = (int32_t)ef_load_word(weights);
            for (int32_t p = 0; p < EF_TILE_POSITIONS; p++) {
                sums[o][p] = bias;
            }
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
