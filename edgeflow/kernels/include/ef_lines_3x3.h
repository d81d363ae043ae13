/* Lines of one channel of a depthwise convolution with filters of 3 x 3: what its inner loops for cores
 * with the DSP extension share. */
#ifndef EF_LINES_3X3_H
#define EF_LINES_3X3_H

#include "ef_channel_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads these fields by their places: words in this order. */
typedef struct {
    uint32_t filter[6];       /* of each line of the filter the pairs (w0, w1) and (w1, w2) */
    int32_t channel[4];       /* see ef_channel_dsp.h */
    const uint32_t *pairs;    /* [pairs of a line][lines]: first pair of the first line */
    int32_t line_bytes;       /* from the pairs of an output line to those of the next */
    int32_t pair_bytes;       /* from a pair to the next of the line */
    int8_t *output;
    int32_t output_step;      /* bytes from an output to the next of the line */
    int32_t output_line_step; /* and from a line to the next */
    int32_t span_bytes;       /* pair_bytes times the pairs that begin outputs */
    int32_t whole_bytes;      /* the same without a last pair that begins one output only */
    int32_t lines;            /* at least 1 */
} ef_lines_job;

#if EF_HAS_DSP

/* What ef_channel_output does, with the multiplier in r11, addend in r12 and shift in lr. */
#define EF_LINES_OUTPUT(sum) \
    "lsl " sum ", " sum ", #1\n\t" \
    "smmulr " sum ", " sum ", r11\n\t" \
    "add " sum ", " sum ", " sum ", asr #31\n\t" \
    "add " sum ", " sum ", r12\n\t" \
    "asr " sum ", " sum ", lr\n\t" \
    "ssat " sum ", #8, " sum "\n\t"

/* r0 pairs, r1 job, r2 output, r3 to r8 the filter, r9 and r10 sums; the end of the line and the end of
 * whole pairs lie on the stack. Written whole in assembly, because the loop needs every register there
 * is, whatever the options of the compiler. */
#define EF_LINES_ENTER \
    "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t" \
    "sub sp, sp, #12\n\t" \
    "mov r1, r0\n\t" \
    "ldmia r1, {r3, r4, r5, r6, r7, r8}\n" \
    "1:\n\t" /* a line */ \
    "ldr r0, [r1, #40]\n\t" \
    "ldr r2, [r1, #52]\n\t" \
    "ldrd r11, r12, [r1, #64]\n\t" \
    "add r11, r11, r0\n\t" \
    "add r12, r12, r0\n\t" \
    "strd r11, r12, [sp]\n" \
    "2:\n\t" /* a pair */

#define EF_LINES_LEAVE \
    "ldr r11, [sp]\n\t" \
    "cmp r0, r11\n\t" \
    "bne 2b\n\t" \
    "ldrd r0, r9, [r1, #40]\n\t" \
    "add r0, r0, r9\n\t" \
    "str r0, [r1, #40]\n\t" \
    "ldr r2, [r1, #52]\n\t" \
    "ldr r9, [r1, #60]\n\t" \
    "add r2, r2, r9\n\t" \
    "str r2, [r1, #52]\n\t" \
    "ldr r9, [r1, #72]\n\t" \
    "subs r9, r9, #1\n\t" \
    "str r9, [r1, #72]\n\t" \
    "bne 1b\n\t" \
    "add sp, sp, #12\n\t" \
    "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

#else

/* Three pairs of three lines, the first outputs' taps 0 and 1 or the second one's 1 and 2. */
static inline int32_t ef_add_lines(const ef_lines_job *job, const uint32_t *pairs, int32_t which, int32_t sum)
{
    for (int32_t line = 0; line < 3; line++) {
        sum = ef_add_products(pairs[line], job->filter[2 * line + which], sum);
    }
    return sum;
}

static inline int32_t ef_add_low(const ef_lines_job *job, const uint32_t *pairs, int32_t sum)
{
    for (int32_t line = 0; line < 3; line++) {
        sum = ef_add_low_high(pairs[line], job->filter[2 * line + 1], sum);
    }
    return sum;
}

static inline int32_t ef_add_high(const ef_lines_job *job, const uint32_t *pairs, int32_t sum)
{
    for (int32_t line = 0; line < 3; line++) {
        sum = ef_add_low_high(job->filter[2 * line], pairs[line], sum);
    }
    return sum;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
