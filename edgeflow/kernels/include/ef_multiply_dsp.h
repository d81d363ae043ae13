/* Any number of channels by the tiles of ef_tile_dsp.h. */
#ifndef EF_MULTIPLY_DSP_H
#define EF_MULTIPLY_DSP_H

#include "ef_tile_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Computes the outputs of an even or odd number of channels. second and first may be the same place, when
 * both positions are one. */
void ef_multiply_dsp(ef_tile_job job, int32_t channels);

#ifdef __cplusplus
}
#endif

#endif
