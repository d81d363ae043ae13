#include "ef_positions_mve.h"

#include "ef_channel_mve.h"

#if EF_HAS_MVE

/* 16 taps of a filter: q0 inputs, r1 weights. */
#define CHANNEL(weights, sum) \
    "vldrb.8 " weights ", [r1], #16\n\t" \
    "vmladava.s8 " sum ", q0, " weights "\n\t"

/* Written whole in assembly, because compilers form neither these loops, whose end masks the taps that
 * are not there, nor keep four sums and all addresses in registers.
 * r0 inputs, r1 weights, r2 r4 r6 r8 sums, r3 constants, r5 output, r7 depth, r9 channels left,
 * r10 job, r11 position, r12 mask of the channels. */
__attribute__((naked, noinline)) void ef_positions_mve(ef_positions_job *job __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n\t"
        "mov r10, r0\n\t"
        "ldr r11, [r10]\n\t"
        "ldrd r5, r7, [r10, #12]\n\t"
        "ldrd r0, r1, [r10, #28]\n\t"
        "vdup.32 q2, r0\n\t"
        "vdup.32 q3, r1\n"
        "1:\n\t" /* a position */
        "ldrd r1, r3, [r10, #4]\n\t"
        "ldr r9, [r10, #20]\n"
        "2:\n\t" /* four channels: sums begin with their biases */
        "ldrd r2, r4, [r3], #8\n\t"
        "ldrd r6, r8, [r3], #8\n\t"
        "mov r0, r11\n\t"
        "dlstp.8 lr, r7\n"
        "3:\n\t"
        "vldrb.8 q0, [r0], #16\n\t"
        CHANNEL("q1", "r2") CHANNEL("q1", "r4") CHANNEL("q1", "r6") CHANNEL("q1", "r8")
        "letp lr, 3b\n\t"
        "vmov q0[2], q0[0], r2, r6\n\t"
        "vmov q0[3], q0[1], r4, r8\n\t"
        EF_QUAD_OUTPUTS("q0", "q1", "r3")
        "vmax.s32 q0, q0, q2\n\t"
        "vmin.s32 q0, q0, q3\n\t"
        "vctp.32 r9\n\t"
        "vpst\n\t"
        "vstrbt.32 q0, [r5]\n\t"
        "adds r5, r5, #4\n\t"
        "subs r9, r9, #4\n\t"
        "bgt 2b\n\t"
        "add r5, r5, r9\n\t" /* back over the channels that were not there */
        "add r11, r11, r7\n\t"
        "ldr r0, [r10, #24]\n\t"
        "subs r0, r0, #1\n\t"
        "str r0, [r10, #24]\n\t"
        "bne 1b\n\t"
        "str r5, [r10, #12]\n\t"
        "pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n\t");
}

#else

/* The sums of four channels, which are all read before one output is written. */
static void four_sums(const ef_positions_job *job, const int8_t *input, int32_t first, int32_t sums[4])
{
    const int8_t *const weights = job->weights + first / 4 * ((job->depth + 15) / 16 * 64);

    for (int32_t i = 0; i < 4; i++) {
        sums[i] = job->channels[first / 4 * EF_QUAD_SIZE + EF_QUAD_BIAS + i];
        for (int32_t k = 0; k < job->depth; k++) {
            sums[i] += input[k] * weights[k / 16 * 64 + i * 16 + k % 16];
        }
    }
}

void ef_positions_mve(ef_positions_job *job)
{
    const int8_t *input = job->input;
    int32_t sums[4] = {0, 0, 0, 0};

    for (; job->positions > 0; job->positions--) {
        for (int32_t o = 0; o < job->output_c; o++) {
            const int32_t *const quad = job->channels + o / 4 * EF_QUAD_SIZE;
            if (o % 4 == 0) {
                four_sums(job, input, o, sums);
            }
            job->output[o] = ef_quad_output(quad, o % 4, sums[o % 4], job->activation_min, job->activation_max);
        }
        input += job->depth;
        job->output += job->output_c;
    }
}

#endif
