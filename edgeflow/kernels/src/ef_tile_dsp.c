#include "ef_tile_dsp.h"

#include "ef_channel_dsp.h"

#if EF_HAS_DSP

/* Four taps of two filters and two positions: 12 instructions for 16 multiply-accumulates.
 * r0 weights, r1 positions, r4 to r7 both positions, r11, r12 both filters, lr the even taps of one;
 * sums: r3 first position and channel, r8 second position, r9 second channel, r10 second of both. */
#define FOUR_TAPS \
    "ldrd r11, r12, [r0], #8\n\t" \
    "ldmia r1!, {r4, r5, r6, r7}\n\t" \
    "sxtb16 lr, r11\n\t" \
    "smlad r3, r11, r5, r3\n\t" \
    "smlad r8, r11, r7, r8\n\t" \
    "smlad r3, lr, r4, r3\n\t" \
    "smlad r8, lr, r6, r8\n\t" \
    "sxtb16 lr, r12\n\t" \
    "smlad r9, r12, r5, r9\n\t" \
    "smlad r10, r12, r7, r10\n\t" \
    "smlad r9, lr, r4, r9\n\t" \
    "smlad r10, lr, r6, r10\n\t"

/* What ef_channel_output does, of 256 times a sum, with the multiplier in r6, addend in r7 and shift in r11. */
#define OUTPUT(sum) \
    "asr " sum ", " sum ", #7\n\t" \
    "smmulr " sum ", " sum ", r6\n\t" \
    "add " sum ", " sum ", " sum ", asr #31\n\t" \
    "add " sum ", " sum ", r7\n\t" \
    "asr " sum ", " sum ", r11\n\t" \
    "ssat " sum ", #8, " sum "\n\t"

/* Written whole in assembly, because the inner loop needs every register there is, whatever the
 * options of the compiler. The job's address lies on the stack meanwhile. */
__attribute__((naked, noinline)) void ef_tile_dsp(ef_tile_job *job __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        "mov r4, r0\n\t"
        "ldr r0, [r4]\n"
        "1:\n\t" /* a pair of channels: sums begin with their biases */
        "ldr r5, [r4, #12]\n\t"
        "ldrd r1, r2, [r4, #4]\n\t"
        "ldr r3, [r5]\n\t"
        "ldr r9, [r5, #16]\n\t"
        "mov r8, r3\n\t"
        "mov r10, r9\n\t"
        /* Two groups of taps a round; of an odd number the first round is its second half only. */
        "lsrs r2, r2, #1\n\t"
        "bcc 2f\n\t"
        "adds r2, r2, #1\n\t"
        "b 3f\n"
        "2:\n\t" FOUR_TAPS
        "3:\n\t" FOUR_TAPS
        "subs r2, r2, #1\n\t"
        "bne 2b\n\t"
        "ldr r4, [sp]\n\t"
        "ldrd r5, r12, [r4, #12]\n\t"
        "ldr lr, [r4, #20]\n\t"
        "ldr r6, [r5, #4]\n\t"
        "ldrd r7, r11, [r5, #8]\n\t"
        OUTPUT("r3")
        OUTPUT("r8")
        "strb r3, [r12], #1\n\t"
        "strb r8, [lr], #1\n\t"
        "ldr r6, [r5, #20]\n\t"
        "ldrd r7, r11, [r5, #24]\n\t"
        OUTPUT("r9")
        OUTPUT("r10")
        "strb r9, [r12], #1\n\t"
        "strb r10, [lr], #1\n\t"
        "adds r5, r5, #32\n\t"
        "strd r5, r12, [r4, #12]\n\t"
        "ldr r6, [r4, #24]\n\t"
        "subs r6, r6, #1\n\t"
        "strd lr, r6, [r4, #20]\n\t"
        "bne 1b\n\t"
        "str r0, [r4]\n\t"
        "pop {r0, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

void ef_tile_dsp(ef_tile_job *job)
{
    for (; job->channel_pairs > 0; job->channel_pairs--) {
        const int32_t *const next = job->channels + EF_CHANNEL_SIZE;
        const uint32_t *x = job->positions;
        int32_t sums[2][2] = {
            {job->channels[EF_CHANNEL_BIAS], next[EF_CHANNEL_BIAS]},
            {job->channels[EF_CHANNEL_BIAS], next[EF_CHANNEL_BIAS]},
        };
        for (int32_t i = 0; i < job->fours; i++) {
            for (int32_t o = 0; o < 2; o++) {
                const uint32_t both = ef_load_word(job->weights);
                const uint32_t even = ef_even_bytes(both);
                sums[0][o] = ef_add_products(even, x[0], ef_add_products(both, x[1], sums[0][o]));
                sums[1][o] = ef_add_products(even, x[2], ef_add_products(both, x[3], sums[1][o]));
                job->weights += 4;
            }
            x += 4;
        }
        *job->first++ = ef_channel_output(job->channels, sums[0][0] >> 8);
        *job->second++ = ef_channel_output(job->channels, sums[1][0] >> 8);
        *job->first++ = ef_channel_output(next, sums[0][1] >> 8);
        *job->second++ = ef_channel_output(next, sums[1][1] >> 8);
        job->channels = next + EF_CHANNEL_SIZE;
    }
}

#endif
