/* Lines of one channel as pairs of int16, for the depthwise kernel of 3 x 3. */
#ifndef EF_GATHER_PAIRS_DSP_H
#define EF_GATHER_PAIRS_DSP_H

#include "ef_depthwise_3x3_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `count` lines of a channel, from the image's line `first` on, which may lie in the padding.
 * pairs [params->pairs][count]
 * input the channel's first element of the image */
void ef_gather_pairs_dsp(
    const ef_depthwise_3x3_dsp_params *params,
    uint32_t *pairs,
    const int8_t *input,
    int32_t first,
    int32_t count);

#ifdef __cplusplus
}
#endif

#endif
