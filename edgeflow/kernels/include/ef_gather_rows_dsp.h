/* Rows of one channel as int16, for the depthwise kernels. */
#ifndef EF_GATHER_ROWS_DSP_H
#define EF_GATHER_ROWS_DSP_H

#include "ef_depthwise_conv_2d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `count` rows of a channel, from line `y` of its image on, padded to row_size elements.
 * rows  [count][row_size]
 * input the channel's first element of the image */
void ef_gather_rows_dsp(
    const ef_depthwise_conv_2d_dsp_params *params, int16_t *rows, const int8_t *input, int32_t y, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
