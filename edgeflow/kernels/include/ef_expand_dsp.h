/* Bytes to pairs of int16 for the tiles of ef_tile_dsp.h and ef_dense_dsp.h. */
#ifndef EF_EXPAND_DSP_H
#define EF_EXPAND_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Expands `fours` groups of four bytes of one position: a word of the pairs y, and step / 2 words behind
 * it one of 256 * x - y + 127; `step` words from group to group. */
void ef_expand_dsp(uint32_t *to, const int8_t *from, int32_t fours, int32_t step);

#ifdef __cplusplus
}
#endif

#endif
