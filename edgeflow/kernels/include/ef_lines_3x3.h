/* Lines of one channel of a depthwise convolution with filters of 3 x 3: what its inner loops for cores
 * with the DSP extension share. */
#ifndef EF_LINES_3X3_H
#define EF_LINES_3X3_H

#include "ef_channel_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lines of which each is computed by twos of outputs. The assembly reads these fields by their places:
 * words in this order. */
typedef struct {
    int32_t output_step; /* bytes from the first output of a two to the second: half a two, or 0 for a
                            single output, which is then the one that stays */
    int32_t span_bytes;  /* of the pairs that begin the twos of a line */
    int32_t line_bytes;  /* from the pairs of an output line to those of the next */
    int32_t all_bytes;   /* line_bytes times the lines */
    int32_t skip_bytes;  /* line_bytes minus span_bytes */
    int32_t output_skip; /* from behind the last two of a line to the first of the next */
    int32_t pair_bytes;  /* from a pair to the next of the line */
    const int8_t *weights; /* [9], see ef_depthwise_3x3_dsp.h */
} ef_lines_job;

#if EF_HAS_DSP

/* r0 pair_bytes, r1 pairs, r2 output, r3 to r8 the filter, r9 and r10 sums, the others what is loaded.
 * The filter is doubled, so that sums are twice the real ones, as SMMLAR needs them: of each line
 * (2 * w0, 2 * w1), then of each line (2 * w2, 2 * w1).
 * On the stack, from its top: where the pairs of this line end, shift, output_step; bias, multiplier,
 * addend; line_bytes, where the pairs of the last line end, skip_bytes, output_skip. Written whole in
 * assembly, because the loop needs every register there is, whatever the options of the compiler. */
#define EF_LINES_ENTER \
    "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t" \
    "ldmia r3, {r4, r5, r6, r7}\n\t" \
    "ldmia r0!, {r8, r9, r10, r11, r12, lr}\n\t" \
    "add r9, r9, r1\n\t" \
    "add r11, r11, r9\n\t" \
    "push {r10, r11, r12, lr}\n\t" \
    "push {r4, r5, r6}\n\t" \
    "push {r7, r8}\n\t" \
    "push {r9}\n\t" \
    "ldmia r0, {r0, r3}\n\t" \
    "ldr r9, [r3]\n\t" \
    "ldr r10, [r3, #4]\n\t" \
    "ldrsb r8, [r3, #8]\n\t" \
    "sxtb16 r3, r9\n\t" \
    "sxtb16 r4, r9, ror #8\n\t" \
    "sxtb16 r5, r10\n\t" \
    "sxtb16 r7, r10, ror #8\n\t" \
    "sadd16 r3, r3, r3\n\t" \
    "sadd16 r4, r4, r4\n\t" \
    "sadd16 r5, r5, r5\n\t" \
    "sadd16 r7, r7, r7\n\t" \
    "lsl r8, r8, #1\n\t" \
    "pkhtb r6, r3, r7\n\t" \
    "pkhtb r7, r4, r7, asr #16\n\t" \
    "pkhtb r8, r5, r8\n" \
    "1:\n\t"

/* Both sums become outputs as in ef_channel_output: where a sum is negative its product is too, or 0,
 * for which one less gives the same. */
#define EF_LINES_LEAVE \
    "ldrd r11, r12, [sp, #16]\n\t" \
    "smmlar lr, r9, r11, r12\n\t" \
    "add lr, lr, r9, asr #31\n\t" \
    "smmlar r9, r10, r11, r12\n\t" \
    "add r9, r9, r10, asr #31\n\t" \
    "ldmia sp, {r10, r11, r12}\n\t" \
    "asr lr, lr, r11\n\t" \
    "asr r9, r9, r11\n\t" \
    "ssat lr, #8, lr\n\t" \
    "ssat r9, #8, r9\n\t" \
    "strb r9, [r2, r12]\n\t" \
    "strb lr, [r2]\n\t" \
    "add r2, r2, r12, lsl #1\n\t" \
    "cmp r1, r10\n\t" \
    "bne 1b\n\t" \
    "ldrd r9, r11, [sp, #24]\n\t" \
    "add r10, r10, r9\n\t" \
    "str r10, [sp]\n\t" \
    "ldrd r9, r12, [sp, #32]\n\t" \
    "add r1, r1, r9\n\t" \
    "add r2, r2, r12\n\t" \
    "cmp r10, r11\n\t" \
    "bne 1b\n\t" \
    "add sp, sp, #40\n\t" \
    "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

#else

/* Three products: from the low half of a pair on, or from its high half on. */
static inline int32_t ef_lines_low(uint32_t pair, uint32_t next, int32_t w0, int32_t w1, int32_t w2)
{
    return (int16_t)(pair & 0xFFFFu) * w0 + (int16_t)(pair >> 16) * w1 + (int16_t)(next & 0xFFFFu) * w2;
}

static inline int32_t ef_lines_high(uint32_t pair, uint32_t next, int32_t w0, int32_t w1, int32_t w2)
{
    return (int16_t)(pair >> 16) * w0 + (int16_t)(next & 0xFFFFu) * w1 + (int16_t)(next >> 16) * w2;
}

/* Twice the sum of an output whose first taps lie in the low halves of these pairs. */
static inline int32_t ef_lines_even(const uint32_t *pairs, int32_t words, const int8_t *w, int32_t bias)
{
    const int32_t first = ef_lines_low(pairs[0], pairs[words], w[0], w[2], w[5]);
    const int32_t second = ef_lines_low(pairs[1], pairs[words + 1], w[1], w[3], w[7]);
    return 2 * (first + second + ef_lines_low(pairs[2], pairs[words + 2], w[4], w[6], w[8])) + bias;
}

/* The same in the high halves. */
static inline int32_t ef_lines_odd(const uint32_t *pairs, int32_t words, const int8_t *w, int32_t bias)
{
    const int32_t first = ef_lines_high(pairs[0], pairs[words], w[0], w[2], w[5]);
    const int32_t second = ef_lines_high(pairs[1], pairs[words + 1], w[1], w[3], w[7]);
    return 2 * (first + second + ef_lines_high(pairs[2], pairs[words + 2], w[4], w[6], w[8])) + bias;
}

/* What ef_channel_output does, for twice the sum. */
static inline int8_t ef_lines_output(const int32_t channel[EF_CHANNEL_SIZE], int32_t sum)
{
    const int32_t x = ef_multiply_rounded(sum, channel[EF_CHANNEL_MULTIPLIER]) - (sum < 0 ? 1 : 0);
    return (int8_t)ef_saturate_8((x + channel[EF_CHANNEL_ADDEND]) >> channel[EF_CHANNEL_SHIFT]);
}

#endif

#ifdef __cplusplus
}
#endif

#endif
