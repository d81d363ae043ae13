/* What one step of the depthwise kernel of 3 x 3 gathers of every channel: lines as pairs of int16. */
#ifndef EF_GATHER_BLOCK_H
#define EF_GATHER_BLOCK_H

#include "ef_depthwise_3x3_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pairs of nothing but padding stay as they are: the caller fills them once for all channels. */
typedef struct {
    int32_t lines; /* words from a pair to the next of its line */
    int32_t plane; /* words from the pairs of a channel to those of the next */
    int32_t top;   /* lines of padding before the image */
    int32_t rows;  /* lines of the image */
    int32_t first; /* the first element of the image, counted from the channel's first */
} ef_gather_block;

#ifdef __cplusplus
}
#endif

#endif
