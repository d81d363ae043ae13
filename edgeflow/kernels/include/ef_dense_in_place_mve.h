/* The layers of ef_dense_mve.h where input and output begin at one place. */
#ifndef EF_DENSE_IN_PLACE_MVE_H
#define EF_DENSE_IN_PLACE_MVE_H

#include "ef_dense_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* input, weights, channels, output as ef_dense_s8_mve has them
 * scratch [input_c]
 * Copies each position before it is overwritten. With more output channels than input channels the positions
 * are computed from the last to the first, otherwise from the first to the last: at one place, no output reaches
 * an input that is still to be read. */
void ef_dense_in_place_s8_mve(
    const ef_dense_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
