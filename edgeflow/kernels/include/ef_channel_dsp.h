/* What turns a sum into an output, folded at generation time: one row of constants per output channel.
 *
 * With x = round(sum * multiplier / 2^31), halves up, the reference gives round(x / 2^shift), halves
 * away from zero, plus the output's zero point. For a shift of at least 1 this is
 * (x - (x < 0) + 2^(shift - 1) + zero_point * 2^shift) >> shift: the last two terms are `addend`.
 * The generator proves for each layer that neither 2 * sum nor any of these sums leaves 32 bits.
 */
#ifndef EF_CHANNEL_DSP_H
#define EF_CHANNEL_DSP_H

#include "ef_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Places in a row of constants. */
#define EF_CHANNEL_BIAS 0       /* minus the input's zero point times the sum of the weights */
#define EF_CHANNEL_MULTIPLIER 1 /* see ef_requantize.h */
#define EF_CHANNEL_ADDEND 2
#define EF_CHANNEL_SHIFT 3 /* 1 .. 31, to the right */
#define EF_CHANNEL_SIZE 4

/* The output of a sum that began with the channel's bias, limited to int8. */
static inline int8_t ef_channel_output(const int32_t channel[EF_CHANNEL_SIZE], int32_t sum)
{
    const int32_t x = ef_multiply_rounded(2 * sum, channel[EF_CHANNEL_MULTIPLIER]);
    return (int8_t)ef_saturate_8((x - (x < 0 ? 1 : 0) + channel[EF_CHANNEL_ADDEND]) >> channel[EF_CHANNEL_SHIFT]);
}

#ifdef __cplusplus
}
#endif

#endif
