/* Outputs of one channel of three strips: the inner loop of ef_depthwise_3x3_scalar.h. */
#ifndef EF_STRIPS_3X3_SCALAR_H
#define EF_STRIPS_3X3_SCALAR_H

#include "ef_depthwise_3x3_scalar.h"
#include "ef_output_scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads these fields by their places: words in this order. */
typedef struct {
    int32_t filter[9]; /* [3 lines][3] */
    ef_output_channel channel;
    const uint32_t *words;    /* [lines][columns][2]: the first window */
    int32_t next_line;        /* bytes from behind a window's line to its next one */
    int32_t next_window;      /* bytes from behind a window to the next one of the line */
    int32_t row_bytes;        /* from the windows of an output line to those of the next */
    int8_t *output;           /* of the first strip */
    int32_t output_step;      /* bytes from an output to the next of the line */
    int32_t output_line_step; /* and from a line to the next */
    int32_t second;           /* bytes to the output of the second strip */
    int32_t third;
    int32_t span_bytes;       /* bytes from the first window of a line to behind the last */
    int32_t rows;             /* output lines of a strip, at least 1 */
} ef_strips_job;

#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)

/* r0 words, r1 output, r2 job, r3 weight, r4 and r5 a place, r6 and r7 sums; r8 and r9 the ways to the next line
 * and window, r10 low, r11 high, r12 addend, lr end of the line. */
#define EF_STRIPS_TAP(weight) \
    "ldmia r0!, {r4, r5}\n\t" \
    "ldr r3, [r2, #" weight "]\n\t" \
    "muls r4, r3, r4\n\t" \
    "muls r5, r3, r5\n\t" \
    "adds r6, r6, r4\n\t" \
    "adds r7, r7, r5\n\t"


/* ef_output_of_sum of `sum`, into r5; takes r6. */
#define EF_STRIPS_OUTPUT(sum) \
    "cmp " sum ", r10\n\t" \
    "bge 4f\n\t" \
    "mov " sum ", r10\n" \
    "4:\n\t" \
    "cmp " sum ", r11\n\t" \
    "ble 5f\n\t" \
    "mov " sum ", r11\n" \
    "5:\n\t" \
    "ldr r5, [r2, #44]\n\t" \
    "ldr r6, [r2, #48]\n\t" \
    "muls r5, " sum ", r5\n\t" \
    "muls r6, " sum ", r6\n\t" \
    "asrs r6, r6, #13\n\t" \
    "adds r5, r5, r6\n\t" \
    "add r5, r5, r12\n\t" \
    "lsrs r5, r5, #24\n\t"


#define EF_STRIPS_ENTER \
    ".syntax unified\n\t" \
    "push {r4, r5, r6, r7, lr}\n\t" \
    "mov r4, r8\n\t" \
    "mov r5, r9\n\t" \
    "mov r6, r10\n\t" \
    "mov r7, r11\n\t" \
    "push {r4, r5, r6, r7}\n\t" \
    "mov r2, r0\n\t" \
    "ldr r3, [r2, #60]\n\t" \
    "mov r8, r3\n\t" \
    "ldr r3, [r2, #64]\n\t" \
    "mov r9, r3\n\t" \
    "ldr r3, [r2, #36]\n\t" \
    "mov r10, r3\n\t" \
    "ldr r3, [r2, #40]\n\t" \
    "mov r11, r3\n\t" \
    "ldr r3, [r2, #52]\n\t" \
    "mov r12, r3\n" \
    "1:\n\t" \
    "ldr r0, [r2, #56]\n\t" \
    "ldr r1, [r2, #72]\n\t" \
    "ldr r3, [r2, #92]\n\t" \
    "adds r3, r3, r0\n\t" \
    "mov lr, r3\n" \
    "2:\n\t" /* three outputs */

#define EF_STRIPS_LEAVE \
    "cmp r0, lr\n\t" \
    "bne 2b\n\t" \
    "ldr r0, [r2, #56]\n\t" \
    "ldr r3, [r2, #68]\n\t" \
    "adds r0, r0, r3\n\t" \
    "str r0, [r2, #56]\n\t" \
    "ldr r1, [r2, #72]\n\t" \
    "ldr r3, [r2, #80]\n\t" \
    "adds r1, r1, r3\n\t" \
    "str r1, [r2, #72]\n\t" \
    "ldr r3, [r2, #96]\n\t" \
    "subs r3, r3, #1\n\t" \
    "str r3, [r2, #96]\n\t" \
    "beq 3f\n\t" \
    "b 1b\n" \
    "3:\n\t" \
    "pop {r4, r5, r6, r7}\n\t" \
    "mov r8, r4\n\t" \
    "mov r9, r5\n\t" \
    "mov r10, r6\n\t" \
    "mov r11, r7\n\t" \
    "pop {r4, r5, r6, r7, pc}\n\t"

#endif

/* words, output and rows of the job advance. */
void ef_strips_3x3_scalar(ef_strips_job *job);

#ifdef __cplusplus
}
#endif

#endif
