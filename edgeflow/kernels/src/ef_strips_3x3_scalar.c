#include "ef_strips_3x3_scalar.h"

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)

__attribute__((naked, noinline)) void ef_strips_3x3_scalar(ef_strips_job *job __attribute__((unused)))
{
    __asm__ volatile(
        EF_STRIPS_ENTER
        "ldmia r0!, {r6, r7}\n\t"
        "ldr r3, [r2]\n\t"
        "muls r6, r3, r6\n\t"
        "muls r7, r3, r7\n\t"
        EF_STRIPS_TAP("4") EF_STRIPS_TAP("8")
        "add r0, r0, r8\n\t"
        EF_STRIPS_TAP("12") EF_STRIPS_TAP("16") EF_STRIPS_TAP("20")
        "add r0, r0, r8\n\t"
        EF_STRIPS_TAP("24") EF_STRIPS_TAP("28") EF_STRIPS_TAP("32")
        "add r0, r0, r9\n\t"
        /* S0 to r3, S2 to r4, S1 to r7 */
        "lsls r3, r6, #11\n\t"
        "asrs r3, r3, #11\n\t"
        "subs r6, r6, r3\n\t"
        "lsrs r6, r6, #21\n\t"
        "lsls r4, r6, #10\n\t"
        "subs r7, r7, r4\n\t"
        "lsls r4, r7, #11\n\t"
        "asrs r4, r4, #11\n\t"
        "subs r7, r7, r4\n\t"
        "asrs r7, r7, #10\n\t"
        "adds r7, r7, r6\n\t"
        EF_STRIPS_OUTPUT("r3")
        "strb r5, [r1]\n\t"
        EF_STRIPS_OUTPUT("r7")
        "ldr r3, [r2, #84]\n\t"
        "strb r5, [r1, r3]\n\t"
        EF_STRIPS_OUTPUT("r4")
        "ldr r3, [r2, #88]\n\t"
        "strb r5, [r1, r3]\n\t"
        "ldr r3, [r2, #76]\n\t"
        "adds r1, r1, r3\n\t"
        EF_STRIPS_LEAVE);
}

#else

/* Adds the products of a window's line; returns what follows it. */
static inline const uint32_t *add_line(const int32_t *weights, const uint32_t *words, uint32_t sums[2])
{
    const uint32_t w0 = (uint32_t)weights[0];
    const uint32_t w1 = (uint32_t)weights[1];
    const uint32_t w2 = (uint32_t)weights[2];

    sums[0] += words[0] * w0 + words[2] * w1 + words[4] * w2;
    sums[1] += words[1] * w0 + words[3] * w1 + words[5] * w2;
    return words + 3 * EF_WORDS_PER_PLACE;
}

/* The lower bits of *word as a number, which is taken off. */
static inline int32_t split(uint32_t *word)
{
    const int32_t low = (int32_t)(*word << (32 - EF_LOW_SUM_BITS)) >> (32 - EF_LOW_SUM_BITS);
    *word -= (uint32_t)low;
    return low;
}

void ef_strips_3x3_scalar(ef_strips_job *job)
{
    const ef_output_channel channel = job->channel;

    for (; job->rows > 0; job->rows--) {
        const uint32_t *words = job->words;
        const uint32_t *const end = words + job->span_bytes / 4;
        int8_t *output = job->output;
        while (words != end) {
            uint32_t sums[2] = {0, 0};
            int32_t first;
            int32_t third;
            words = add_line(job->filter, words, sums) + job->next_line / 4;
            words = add_line(job->filter + 3, words, sums) + job->next_line / 4;
            words = add_line(job->filter + 6, words, sums) + job->next_window / 4;
            first = split(&sums[0]);
            sums[0] >>= EF_LOW_SUM_BITS;
            sums[1] -= sums[0] << EF_MIDDLE_SHIFT;
            third = split(&sums[1]);
            output[0] = ef_output_of_sum(&channel, first);
            output[job->second] = ef_output_of_sum(&channel, ((int32_t)sums[1] >> EF_MIDDLE_SHIFT) + (int32_t)sums[0]);
            output[job->third] = ef_output_of_sum(&channel, third);
            output += job->output_step;
        }
        job->words += job->row_bytes / 4;
        job->output += job->output_line_step;
    }
}

#endif
