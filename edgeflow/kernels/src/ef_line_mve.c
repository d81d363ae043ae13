#include "ef_line_mve.h"

#include "ef_channel_mve.h"

#if EF_HAS_MVE

#define WINDOW(sum, step) \
    "vldrw.u32 q0, [r0], #" step "\n\t" \
    "vmladav.s8 " sum ", q0, q1\n\t"

/* Four outputs a round, from windows `step` bytes apart. */
#define LINE(step) \
    "1:\n\t" \
    WINDOW("r4", step) \
    WINDOW("r6", step) \
    WINDOW("r8", step) \
    WINDOW("r10", step) \
    "vmov q0[2], q0[0], r4, r8\n\t" \
    "vmov q0[3], q0[1], r6, r10\n\t" \
    "vadd.i32 q0, q0, r5\n\t" \
    "vqrdmulh.s32 q0, q0, r7\n\t" \
    "vshr.s32 q3, q0, #31\n\t" \
    "vadd.i32 q0, q0, q3\n\t" \
    "vadd.i32 q0, q0, r9\n\t" \
    "vshl.s32 q0, r11\n\t" \
    "vctp.32 r2\n\t" \
    "vmax.s32 q0, q0, q4\n\t" \
    "vmin.s32 q0, q0, q5\n\t" \
    "vpst\n\t" \
    "vstrbt.32 q0, [r3, q2]\n\t" \
    "add r3, r3, r12\n\t" \
    "subs r2, r2, #4\n\t" \
    "bgt 1b\n\t"

/* r0 windows, r2 outputs left, r3 output, r4 r6 r8 r10 sums, r5 r7 r9 r11 constants, r12 bytes between fours of
 * outputs, lr job; q1 weights, q2 places of four outputs, q4 q5 limits. */
__attribute__((naked, noinline)) void ef_line_mve(const ef_line_job *job __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n\t"
        "vpush {d8, d9, d10, d11}\n\t"
        "mov lr, r0\n\t"
        "ldrd r0, r1, [lr]\n\t"
        "ldrd r12, r2, [lr, #16]\n\t"
        "ldrd r4, r3, [lr, #24]\n\t"
        "ldrd r5, r7, [r4]\n\t"
        "ldrd r9, r11, [r4, #8]\n\t"
        "ldrd r4, r6, [lr, #32]\n\t"
        "vdup.32 q4, r4\n\t"
        "vdup.32 q5, r6\n\t"
        "movs r4, #0\n\t"
        "vidup.u32 q2, r4, #1\n\t"
        "vmul.i32 q2, q2, r12\n\t"
        "lsl r12, r12, #2\n\t"
        "ldr r4, [lr, #8]\n\t"
        "vldrw.u32 q1, [r4]\n\t"
        "cmp r1, #4\n\t"
        "bne 2f\n"
        LINE("4")
        "b 3f\n"
        "2:\n"
        LINE("8")
        "3:\n\t"
        "ldrd r4, r5, [lr, #8]\n\t"
        "vmov q0, q1\n\t"
        "vshl.u32 q1, r5\n\t"
        "subs r5, r5, #32\n\t"
        "vshl.u32 q0, r5\n\t"
        "vorr q0, q0, q1\n\t"
        "vstrw.32 q0, [r4]\n\t"
        "vpop {d8, d9, d10, d11}\n\t"
        "pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n\t");
}

#else

/* The window's output. */
static int8_t output_of(const ef_line_job *job, const int8_t *window)
{
    int32_t sum = job->constants[0];

    for (int32_t k = 0; k < EF_WINDOW_BYTES; k++) {
        sum += window[k] * job->weights[k];
    }
    const int32_t x = ef_multiply_high(sum, job->constants[1]);
    const int32_t biased = x - (x < 0 ? 1 : 0) + job->constants[2];
    return (int8_t)ef_clamp(biased >> -job->constants[3], job->activation_min, job->activation_max);
}

void ef_line_mve(const ef_line_job *job)
{
    int8_t turned[EF_WINDOW_BYTES];

    for (int32_t i = 0; i < job->count; i++) {
        job->output[i * job->output_step] = output_of(job, job->windows + i * job->window_step);
    }
    for (int32_t k = 0; k < EF_WINDOW_BYTES; k++) {
        const int32_t line = (k + job->turn / 8) % EF_RING_LINES;
        turned[k / EF_RING_LINES * EF_RING_LINES + line] = job->weights[k];
    }
    for (int32_t k = 0; k < EF_WINDOW_BYTES; k++) {
        job->weights[k] = turned[k];
    }
}

#endif
