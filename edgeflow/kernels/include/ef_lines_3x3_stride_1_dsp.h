/* Lines of a depthwise convolution with filters of 3 x 3 and stride 1. */
#ifndef EF_LINES_3X3_STRIDE_1_DSP_H
#define EF_LINES_3X3_STRIDE_1_DSP_H

#include "ef_lines_3x3.h"

#ifdef __cplusplus
extern "C" {
#endif

/* At least one two of outputs of at least one line; a two moves on by one pair.
 * pairs   [pairs of a line][lines]: first pair of the first line; one more in each than the twos move on
 * output  of the first two
 * channel see ef_channel_dsp.h, with twice the bias */
void ef_lines_3x3_stride_1_dsp(
    const ef_lines_job *job, const uint32_t *pairs, int8_t *output, const int32_t *channel);

#ifdef __cplusplus
}
#endif

#endif
