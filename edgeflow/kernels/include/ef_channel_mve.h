/* What turns four sums into outputs: the constants of ef_channel_dsp.h, of four channels side by side.
 *
 * The instructions for four numbers at a time are those of the Helium extension (MVE) of Cortex-M55:
 * VQRDMULH is round(a * b / 2^31), halves up, and saturates only for the square of -2^31, which no
 * multiplier is; a shift by a negative count goes to the right and drops bits. */
#ifndef EF_CHANNEL_MVE_H
#define EF_CHANNEL_MVE_H

#include "ef_channel_dsp.h"
#include "ef_requantize.h"

#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__)
#define EF_HAS_MVE 1
#else
#define EF_HAS_MVE 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Places in the constants of four channels: of each kind four numbers. */
#define EF_QUAD_BIAS 0
#define EF_QUAD_MULTIPLIER 4
#define EF_QUAD_ADDEND 8
#define EF_QUAD_SHIFT 12 /* -31 .. -1: negative, to the right */
#define EF_QUAD_SIZE 16

/* Four sums in the register `sums` to outputs in 32 bits; the constants from the multipliers on at
 * `constants`, which advances by 48. `t` is a register for constants. */
#define EF_QUAD_OUTPUTS(sums, t, constants) \
    "vldrw.32 " t ", [" constants "], #16\n\t" \
    "vqrdmulh.s32 " sums ", " sums ", " t "\n\t" \
    "vshr.s32 " t ", " sums ", #31\n\t" \
    "vadd.i32 " sums ", " sums ", " t "\n\t" \
    "vldrw.32 " t ", [" constants "], #16\n\t" \
    "vadd.i32 " sums ", " sums ", " t "\n\t" \
    "vldrw.32 " t ", [" constants "], #16\n\t" \
    "vshl.s32 " sums ", " sums ", " t "\n\t"

/* The same of channel i of four, in plain C and limited. */
static inline int8_t ef_quad_output(
    const int32_t quad[EF_QUAD_SIZE], int32_t i, int32_t sum, int32_t low, int32_t high)
{
    const int32_t x = ef_multiply_high(sum, quad[EF_QUAD_MULTIPLIER + i]);
    const int32_t biased = x - (x < 0 ? 1 : 0) + quad[EF_QUAD_ADDEND + i];
    return (int8_t)ef_clamp(biased >> -quad[EF_QUAD_SHIFT + i], low, high);
}

#ifdef __cplusplus
}
#endif

#endif
