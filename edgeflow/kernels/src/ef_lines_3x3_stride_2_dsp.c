#include "ef_lines_3x3_stride_2_dsp.h"

#if EF_HAS_DSP

__attribute__((naked, noinline)) void ef_lines_3x3_stride_2_dsp(
    const ef_lines_job *job __attribute__((unused)),
    const uint32_t *pairs __attribute__((unused)),
    int8_t *output __attribute__((unused)),
    const int32_t *channel __attribute__((unused)))
{
    __asm__ volatile(
        EF_LINES_ENTER
        "ldmia r1, {r11, r12, lr}\n\t"
        "ldr r10, [sp, #12]\n\t"
        "smlad r9, r11, r3, r10\n\t"
        "smlad r9, r12, r4, r9\n\t"
        "smlad r9, lr, r5, r9\n\t"
        "add r1, r1, r0\n\t"
        "ldmia r1, {r11, r12, lr}\n\t"
        "smlabb r9, r11, r6, r9\n\t"
        "smlad r10, r11, r3, r10\n\t"
        "smlabb r9, r12, r7, r9\n\t"
        "smlad r10, r12, r4, r10\n\t"
        "smlabb r9, lr, r8, r9\n\t"
        "smlad r10, lr, r5, r10\n\t"
        "add r1, r1, r0\n\t"
        "ldmia r1, {r11, r12, lr}\n\t"
        "smlabb r10, r11, r6, r10\n\t"
        "smlabb r10, r12, r7, r10\n\t"
        "smlabb r10, lr, r8, r10\n\t"
        EF_LINES_LEAVE);
}

#else

void ef_lines_3x3_stride_2_dsp(
    const ef_lines_job *job, const uint32_t *pairs, int8_t *output, const int32_t *channel)
{
    const int32_t words = job->pair_bytes / 4;
    const int32_t bias = channel[EF_CHANNEL_BIAS];
    const int8_t *const w = job->weights;

    for (int32_t lines = job->all_bytes / job->line_bytes; lines > 0; lines--) {
        const uint32_t *const end = pairs + job->span_bytes / 4;
        while (pairs != end) {
            output[job->output_step] = ef_lines_output(channel, ef_lines_even(pairs + words, words, w, bias));
            *output = ef_lines_output(channel, ef_lines_even(pairs, words, w, bias));
            output += 2 * job->output_step;
            pairs += 2 * words;
        }
        pairs += job->skip_bytes / 4;
        output += job->output_skip;
    }
}

#endif
