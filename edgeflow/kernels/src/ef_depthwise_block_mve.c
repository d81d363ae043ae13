#include "ef_depthwise_block_mve.h"

#include "ef_channel_mve.h"

#if EF_HAS_MVE

/* Adds the even and the odd 16-bit numbers of `products` to two registers of sums. */
#define ADD_WIDE(products, even, odd) \
    "vmovlb.s16 q3, " products "\n\t" \
    "vadd.i32 " even ", " even ", q3\n\t" \
    "vmovlt.s16 q3, " products "\n\t" \
    "vadd.i32 " odd ", " odd ", q3\n\t"

/* r0 taps, r1 weights, r2 constants, r3 output, r4 channel, r5 pairs, r6 r7 two taps, r8 channels left,
 * r10 job, r11 r12 limits; q4 to q7 sums. The mask of the channels holds for a block. */
__attribute__((naked, noinline)) void ef_depthwise_block_mve(const ef_block_job *job __attribute__((unused)))
{
    __asm__ volatile(
        "push {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n\t"
        "vpush {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"
        "mov r10, r0\n\t"
        "ldrd r1, r2, [r10, #4]\n\t"
        "ldrd r3, r5, [r10, #12]\n\t"
        "ldrd r8, r11, [r10, #20]\n\t"
        "ldr r12, [r10, #28]\n\t"
        "movs r4, #0\n"
        "1:\n\t" /* a block */
        "vctp.8 r8\n\t"
        "vldrw.32 q4, [r2], #16\n\t"
        "vldrw.32 q5, [r2], #16\n\t"
        "vldrw.32 q6, [r2], #16\n\t"
        "vldrw.32 q7, [r2], #16\n\t"
        "ldr r0, [r10]\n\t"
        "dls lr, r5\n"
        "2:\n\t" /* two taps */
        "ldrd r6, r7, [r0], #8\n\t"
        "add r6, r6, r4\n\t"
        "add r7, r7, r4\n\t"
        "vpst\n\t"
        "vldrbt.u8 q0, [r6]\n\t"
        "vldrb.u8 q1, [r1], #16\n\t"
        "vmullb.s8 q2, q0, q1\n\t"
        "vmullt.s8 q0, q0, q1\n\t"
        "vpst\n\t"
        "vldrbt.u8 q3, [r7]\n\t"
        "vldrb.u8 q1, [r1], #16\n\t"
        "vmullb.s8 q1, q3, q1\n\t"
        "vadd.i16 q2, q2, q1\n\t"
        "vldrb.u8 q1, [r1, #-16]\n\t"
        "vmullt.s8 q1, q3, q1\n\t"
        "vadd.i16 q0, q0, q1\n\t"
        ADD_WIDE("q2", "q4", "q5")
        ADD_WIDE("q0", "q6", "q7")
        "le lr, 2b\n\t"
        EF_QUAD_OUTPUTS("q4", "q0", "r2")
        EF_QUAD_OUTPUTS("q5", "q0", "r2")
        EF_QUAD_OUTPUTS("q6", "q0", "r2")
        EF_QUAD_OUTPUTS("q7", "q0", "r2")
        "vqmovnb.s32 q0, q4\n\t"
        "vqmovnt.s32 q0, q5\n\t"
        "vqmovnb.s32 q1, q6\n\t"
        "vqmovnt.s32 q1, q7\n\t"
        "vqmovnb.s16 q2, q0\n\t"
        "vqmovnt.s16 q2, q1\n\t"
        "vdup.8 q0, r11\n\t"
        "vdup.8 q1, r12\n\t"
        "vmax.s8 q2, q2, q0\n\t"
        "vmin.s8 q2, q2, q1\n\t"
        "vpst\n\t"
        "vstrbt.8 q2, [r3]\n\t"
        "adds r3, r3, #16\n\t"
        "adds r4, r4, #16\n\t"
        "subs r8, r8, #16\n\t"
        "bgt 1b\n\t"
        "vpop {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"
        "pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n\t");
}

#else

/* The output of a block's channel i, which is the first one's plus i. */
static int8_t channel_output(
    const ef_block_job *job, const int8_t *weights, const int32_t *constants, int32_t first, int32_t i)
{
    static const int8_t quads[4] = {0, 2, 1, 3};
    const int32_t quad = quads[i % 4];
    int32_t sum = constants[4 * quad + i / 4];

    for (int32_t k = 0; k < 2 * job->pairs; k++) {
        sum += job->taps[k][first + i] * weights[k * EF_BLOCK_CHANNELS + i];
    }
    /* ef_quad_output counts from four biases on, which lie elsewhere here. */
    constants += EF_BLOCK_CHANNELS + 12 * quad - EF_QUAD_MULTIPLIER;
    return ef_quad_output(constants, i / 4, sum, job->activation_min, job->activation_max);
}

void ef_depthwise_block_mve(const ef_block_job *job)
{
    const int8_t *weights = job->weights;
    const int32_t *constants = job->constants;
    int8_t outputs[EF_BLOCK_CHANNELS];

    for (int32_t first = 0; first < job->channels; first += EF_BLOCK_CHANNELS) {
        const int32_t left = job->channels - first;
        const int32_t count = left < EF_BLOCK_CHANNELS ? left : EF_BLOCK_CHANNELS;
        for (int32_t i = 0; i < count; i++) {
            outputs[i] = channel_output(job, weights, constants, first, i);
        }
        for (int32_t i = 0; i < count; i++) {
            job->output[first + i] = outputs[i];
        }
        weights += job->pairs * 2 * EF_BLOCK_CHANNELS;
        constants += EF_BLOCK_SIZE;
    }
}

#endif
