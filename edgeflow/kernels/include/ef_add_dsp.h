/* Sum of two int8 tensors of equal shape and different scales.
 *
 * The arithmetic is that of ef_add.h. The operand of the larger scale is multiplied by exactly 1/2 there,
 * which is a shift here; of the other one and of the sum the constants of each step are folded. */
#ifndef EF_ADD_DSP_H
#define EF_ADD_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    int32_t start;            /* minus the coarse operand's zero point * 2^19 */
    int32_t fine_offset;      /* minus the fine operand's zero point * 2^21 */
    int32_t fine_multiplier;  /* see ef_requantize.h */
    int32_t fine_half;        /* 2^(fine_shift - 1) */
    int32_t fine_shift;       /* 1 .. 31, to the right */
    int32_t output_multiplier;
    int32_t output_addend;    /* 2^(output_shift - 1) + zero point * 2^output_shift */
    int32_t output_shift;     /* 1 .. 31, to the right */
    int32_t activation_min;
    int32_t activation_max;
} ef_add_dsp_params;

/* coarse, fine and output [count]; the output may begin at either input or before it, and the inputs may
 * be the same. */
void ef_add_s8_dsp(
    const ef_add_dsp_params *params, const int8_t *coarse, const int8_t *fine, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
