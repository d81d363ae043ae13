/* Lines of two neighbouring channels as pairs of int16, for the depthwise kernel of 3 x 3. */
#ifndef EF_GATHER_TWINS_DSP_H
#define EF_GATHER_TWINS_DSP_H

#include "ef_gather_block.h"

#ifdef __cplusplus
extern "C" {
#endif

/* pairs [2 channels][pairs of a line][lines]
 * input the first channel's first element of the image */
void ef_gather_twins_dsp(
    const ef_depthwise_3x3_dsp_params *params, const ef_gather_block *block, uint32_t *pairs, const int8_t *input);

#ifdef __cplusplus
}
#endif

#endif
