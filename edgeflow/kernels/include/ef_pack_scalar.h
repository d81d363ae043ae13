/* Bytes of four positions as the words of ef_sums_scalar.h. */
#ifndef EF_PACK_SCALAR_H
#define EF_PACK_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Packs `count` taps; takes 128 times each word from starts[3]. */
void ef_pack_scalar(uint32_t *words, const int8_t *const from[4], int32_t count, uint32_t *starts);

#ifdef __cplusplus
}
#endif

#endif
