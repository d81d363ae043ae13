#include "ef_pack_strips_scalar.h"

#include "ef_depthwise_3x3_scalar.h"

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)

/* r0, r1 and r2 the elements, r3 zero, r4 to r6 a place, r7 words; r8, r9 and r10 steps, r11 the end.
 * Written whole in assembly, because the loop needs every low register there is. */
__attribute__((naked, noinline)) void ef_pack_strips_scalar(const ef_pack_job *job __attribute__((unused)))
{
    __asm__ volatile(
        ".syntax unified\n\t"
        "push {r4, r5, r6, r7, lr}\n\t"
        "mov r4, r8\n\t"
        "mov r5, r9\n\t"
        "mov r6, r10\n\t"
        "mov r7, r11\n\t"
        "push {r4, r5, r6, r7}\n\t"
        "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7}\n\t"
        "ldr r0, [r0]\n\t"
        "mov r8, r4\n\t"
        "mov r9, r5\n\t"
        "mov r10, r6\n\t"
        "mov r11, r0\n\t"
        "mov r0, r1\n\t"
        "mov r1, r2\n\t"
        "mov r2, r3\n\t"
        "movs r3, #0\n"
        "1:\n\t"
        "ldrsb r4, [r0, r3]\n\t"
        "ldrsb r5, [r1, r3]\n\t"
        "ldrsb r6, [r2, r3]\n\t"
        "add r0, r0, r8\n\t"
        "add r1, r1, r9\n\t"
        "add r2, r2, r10\n\t"
        "lsls r5, r5, #10\n\t"
        "adds r6, r6, r5\n\t"
        "lsls r5, r5, #11\n\t"
        "adds r4, r4, r5\n\t"
        "stmia r7!, {r4, r6}\n\t"
        "cmp r7, r11\n\t"
        "bne 1b\n\t"
        "pop {r4, r5, r6, r7}\n\t"
        "mov r8, r4\n\t"
        "mov r9, r5\n\t"
        "mov r10, r6\n\t"
        "mov r11, r7\n\t"
        "pop {r4, r5, r6, r7, pc}\n\t");
}

#else

void ef_pack_strips_scalar(const ef_pack_job *job)
{
    const int8_t *first = job->from[0];
    const int8_t *second = job->from[1];
    const int8_t *third = job->from[2];

    for (uint32_t *words = job->words; words != job->end; words += EF_WORDS_PER_PLACE) {
        const uint32_t shared = (uint32_t)(int32_t)*second << EF_MIDDLE_SHIFT;
        words[0] = (uint32_t)(int32_t)*first + (shared << (EF_LOW_SUM_BITS - EF_MIDDLE_SHIFT));
        words[1] = (uint32_t)(int32_t)*third + shared;
        first += job->steps[0];
        second += job->steps[1];
        third += job->steps[2];
    }
}

#endif
