/* Three positions at a time for the tiles of ef_tile_dsp.h. */
#ifndef EF_EXPAND_THREE_DSP_H
#define EF_EXPAND_THREE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Expands `fours` groups of four bytes, at least one, of three positions that lie `apart` bytes apart.
 * to [fours][2][3], see ef_tile_dsp.h */
void ef_expand_three_dsp(uint32_t *to, const int8_t *from, int32_t apart, int32_t fours);

#ifdef __cplusplus
}
#endif

#endif
