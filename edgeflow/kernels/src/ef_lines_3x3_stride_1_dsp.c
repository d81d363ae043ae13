#include "ef_lines_3x3_stride_1_dsp.h"

#if EF_HAS_DSP

__attribute__((naked, noinline)) void ef_lines_3x3_stride_1_dsp(ef_lines_job *job __attribute__((unused)))
{
    __asm__ volatile(
        EF_LINES_ENTER
        "ldr r9, [r1, #24]\n\t"
        "mov r10, r9\n\t"
        "ldmia r0, {r11, r12, lr}\n\t"
        "smlad r9, r11, r3, r9\n\t"
        "smlatb r10, r11, r3, r10\n\t"
        "smlad r9, r12, r5, r9\n\t"
        "smlatb r10, r12, r5, r10\n\t"
        "smlad r9, lr, r7, r9\n\t"
        "smlatb r10, lr, r7, r10\n\t"
        "ldr r11, [r1, #48]\n\t"
        "add r0, r0, r11\n\t"
        "ldmia r0, {r11, r12, lr}\n\t"
        "smlabt r9, r11, r4, r9\n\t"
        "smlad r10, r11, r4, r10\n\t"
        "smlabt r9, r12, r6, r9\n\t"
        "smlad r10, r12, r6, r10\n\t"
        "smlabt r9, lr, r8, r9\n\t"
        "smlad r10, lr, r8, r10\n\t"
        "ldrd r11, r12, [r1, #28]\n\t"
        "ldr lr, [r1, #36]\n\t"
        EF_LINES_OUTPUT("r9")
        EF_LINES_OUTPUT("r10")
        "ldr r12, [r1, #56]\n\t"
        "ldr r11, [sp, #4]\n\t"
        "strb r9, [r2]\n\t"
        "cmp r0, r11\n\t"
        "it ls\n\t"
        "strbls r10, [r2, r12]\n\t"
        "add r2, r2, r12, lsl #1\n\t"
        EF_LINES_LEAVE);
}

#else

void ef_lines_3x3_stride_1_dsp(ef_lines_job *job)
{
    const int32_t words = job->pair_bytes / 4;

    for (; job->lines > 0; job->lines--) {
        int8_t *output = job->output;
        for (int32_t at = 0; at < job->span_bytes; at += job->pair_bytes) {
            const uint32_t *const pairs = job->pairs + at / 4;
            const int32_t bias = job->channel[EF_CHANNEL_BIAS];
            const int32_t first = ef_add_low(job, pairs + words, ef_add_lines(job, pairs, 0, bias));
            const int32_t second = ef_add_lines(job, pairs + words, 1, ef_add_high(job, pairs, bias));
            *output = ef_channel_output(job->channel, first);
            if (at < job->whole_bytes) {
                output[job->output_step] = ef_channel_output(job->channel, second);
            }
            output += 2 * job->output_step;
        }
        job->pairs += job->line_bytes / 4;
        job->output += job->output_line_step;
    }
}

#endif
