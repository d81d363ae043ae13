#include "ef_add_mve.h"

#include "ef_channel_mve.h"

#if EF_HAS_MVE

/* Written whole in assembly: fourteen values stay in registers, and the loop's end masks what is not there.
 * VQRDMULH doubles its product, so the fine operand is shifted by one bit less than in plain C.
 * The offsets into r0 are those of the fields of ef_add_dsp_params. */
__attribute__((naked, noinline)) void ef_add_s8_mve(
    const ef_add_dsp_params *params __attribute__((unused)),
    const int8_t *coarse __attribute__((unused)),
    const int8_t *fine __attribute__((unused)),
    int8_t *output __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n\t"
        "ldrd r4, r5, [r0, #4]\n\t" /* start, fine_offset */
        "asr r5, r5, #1\n\t"
        "ldrd r6, r7, [r0, #12]\n\t" /* fine_multiplier, fine_half */
        "ldrd r8, r9, [r0, #20]\n\t" /* fine_shift, output_multiplier */
        "ldrd r10, r11, [r0, #28]\n\t" /* output_addend, output_shift */
        "rsb r8, r8, #0\n\t"
        "rsb r11, r11, #0\n\t"
        "ldr r12, [r0, #36]\n\t"
        "vdup.32 q2, r12\n\t"
        "ldr r12, [r0, #40]\n\t"
        "vdup.32 q3, r12\n\t"
        "ldr r0, [r0]\n\t"
        "wlstp.32 lr, r0, 2f\n"
        "1:\n\t"
        "vldrb.s32 q0, [r2], #4\n\t"
        "vshl.i32 q0, q0, #20\n\t"
        "vadd.i32 q0, q0, r5\n\t"
        "vqrdmulh.s32 q0, q0, r6\n\t"
        "vshr.s32 q1, q0, #31\n\t"
        "vadd.i32 q0, q0, q1\n\t"
        "vadd.i32 q0, q0, r7\n\t"
        "vshl.s32 q0, r8\n\t"
        "vldrb.s32 q1, [r1], #4\n\t"
        "vshl.i32 q1, q1, #19\n\t"
        "vadd.i32 q0, q0, q1\n\t"
        "vadd.i32 q0, q0, r4\n\t"
        "vqrdmulh.s32 q0, q0, r9\n\t"
        "vshr.s32 q1, q0, #31\n\t"
        "vadd.i32 q0, q0, q1\n\t"
        "vadd.i32 q0, q0, r10\n\t"
        "vshl.s32 q0, r11\n\t"
        "vmax.s32 q0, q0, q2\n\t"
        "vmin.s32 q0, q0, q3\n\t"
        "vstrb.32 q0, [r3], #4\n\t"
        "letp lr, 1b\n"
        "2:\n\t"
        "pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n\t");
}

#else

void ef_add_s8_mve(
    const ef_add_dsp_params *params, const int8_t *coarse, const int8_t *fine, int8_t *output)
{
    const ef_add_dsp_params p = *params; /* a copy that no store to output can change */

    for (int32_t i = 0; i < p.count; i++) {
        const int32_t product = ef_multiply_high(fine[i] * (1 << 20) + p.fine_offset / 2, p.fine_multiplier);
        const int32_t scaled = (product - (product < 0 ? 1 : 0) + p.fine_half) >> p.fine_shift;
        const int32_t sum = scaled + coarse[i] * (1 << 19) + p.start;
        const int32_t x = ef_multiply_high(sum, p.output_multiplier);
        const int32_t result = (x - (x < 0 ? 1 : 0) + p.output_addend) >> p.output_shift;
        output[i] = (int8_t)ef_clamp(result, p.activation_min, p.activation_max);
    }
}

#endif
