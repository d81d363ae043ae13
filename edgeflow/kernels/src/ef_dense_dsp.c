#include "ef_dense_dsp.h"

#include "ef_channel_dsp.h"

#if EF_HAS_DSP

/* Two times two taps of one filter: r11 and r12 are the inputs, lr the even taps. */
#define CHANNEL(filter, sum) \
    "sxtb16 lr, " filter "\n\t" \
    "smlad " sum ", " filter ", r11, " sum "\n\t" \
    "smlad " sum ", lr, r12, " sum "\n\t"

/* Four taps of four filters: 14 instructions for 16 multiply-accumulates. r0 weights, r1 inputs. */
#define FOUR_TAPS \
    "ldmia r0!, {r4, r5, r6, r7}\n\t" \
    "ldrd r11, r12, [r1], #8\n\t" \
    CHANNEL("r4", "r3") CHANNEL("r5", "r8") CHANNEL("r6", "r9") CHANNEL("r7", "r10")

/* The same of inputs that are not expanded, which takes 3 instructions more: see ef_mixed_bytes. */
#define FOUR_RAW_TAPS \
    "ldmia r0!, {r4, r5, r6, r7}\n\t" \
    "ldr r12, [r1], #4\n\t" \
    "sxtb16 r11, r12, ror #8\n\t" \
    "rev16 r12, r12\n\t" \
    "eor r12, r12, #0x007F007F\n\t" \
    CHANNEL("r4", "r3") CHANNEL("r5", "r8") CHANNEL("r6", "r9") CHANNEL("r7", "r10")

/* What ef_channel_output does, of 256 times a sum, with the row of constants at r5 + at. */
#define OUTPUT(sum, at) \
    "ldrd r6, r7, [r5, #" at " + 4]\n\t" \
    "ldr r11, [r5, #" at " + 12]\n\t" \
    "asr " sum ", " sum ", #7\n\t" \
    "smmulr " sum ", " sum ", r6\n\t" \
    "add " sum ", " sum ", " sum ", asr #31\n\t" \
    "add " sum ", " sum ", r7\n\t" \
    "asr " sum ", " sum ", r11\n\t" \
    "ssat " sum ", #8, " sum "\n\t" \
    "strb " sum ", [r12], #1\n\t"

/* Written whole in assembly, because the inner loop needs every register there is, whatever the
 * options of the compiler. The job's address lies on the stack meanwhile. */
__attribute__((naked, noinline)) void ef_dense_dsp(ef_dense_job *job __attribute__((unused)))
{
    __asm__ volatile(
        "push {r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
        "mov r4, r0\n\t"
        "ldr r0, [r4]\n"
        "1:\n\t" /* four channels: sums begin with their biases */
        "ldr r5, [r4, #12]\n\t"
        "ldrd r1, r2, [r4, #4]\n\t"
        "ldr r3, [r5]\n\t"
        "ldr r8, [r5, #16]\n\t"
        "ldr r9, [r5, #32]\n\t"
        "ldr r10, [r5, #48]\n\t"
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
        "ldrd r1, r2, [r4, #24]\n\t"
        "cbz r2, 5f\n"
        "4:\n\t" FOUR_RAW_TAPS
        "subs r2, r2, #1\n\t"
        "bne 4b\n\t"
        "ldr r4, [sp]\n"
        "5:\n\t"
        "ldrd r5, r12, [r4, #12]\n\t"
        OUTPUT("r3", "0") OUTPUT("r8", "16") OUTPUT("r9", "32") OUTPUT("r10", "48")
        "adds r5, r5, #64\n\t"
        "strd r5, r12, [r4, #12]\n\t"
        "ldr r6, [r4, #20]\n\t"
        "subs r6, r6, #1\n\t"
        "str r6, [r4, #20]\n\t"
        "bne 1b\n\t"
        "str r0, [r4]\n\t"
        "pop {r0, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#else

/* Two times two taps of each of four filters. */
static void add_four_taps(ef_dense_job *job, uint32_t mixed, uint32_t odd, int32_t sums[4])
{
    for (int32_t o = 0; o < 4; o++) {
        const uint32_t both = ef_load_word(job->weights);
        sums[o] = ef_add_products(both, odd, sums[o]);
        sums[o] = ef_add_products(ef_even_bytes(both), mixed, sums[o]);
        job->weights += 4;
    }
}

void ef_dense_dsp(ef_dense_job *job)
{
    for (; job->quads > 0; job->quads--) {
        int32_t sums[4];
        for (int32_t o = 0; o < 4; o++) {
            sums[o] = job->channels[o * EF_CHANNEL_SIZE + EF_CHANNEL_BIAS];
        }
        for (int32_t i = 0; i < job->fours; i++) {
            add_four_taps(job, job->position[2 * i + 1], job->position[2 * i], sums);
        }
        for (int32_t i = 0; i < job->raw_fours; i++) {
            const uint32_t word = ef_load_word(job->raw + 4 * i);
            add_four_taps(job, ef_mixed_bytes(word), ef_odd_bytes(word), sums);
        }
        for (int32_t o = 0; o < 4; o++) {
            *job->output++ = ef_channel_output(job->channels, sums[o] >> 8);
            job->channels += EF_CHANNEL_SIZE;
        }
    }
}

#endif
