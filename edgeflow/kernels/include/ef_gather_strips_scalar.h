/* Lines of three strips of a channel as packed words, for ef_depthwise_3x3_scalar.h. */
#ifndef EF_GATHER_STRIPS_SCALAR_H
#define EF_GATHER_STRIPS_SCALAR_H

#include "ef_depthwise_3x3_scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `count` lines of each strip, which begin at the image's lines first[3] and may lie in the padding.
 * words [count][params->columns][2]
 * input the channel's first element of the image */
void ef_gather_strips_scalar(
    const ef_depthwise_3x3_scalar_params *params,
    uint32_t *words,
    const int8_t *input,
    const int32_t first[EF_STRIPS],
    int32_t count);

#ifdef __cplusplus
}
#endif

#endif
