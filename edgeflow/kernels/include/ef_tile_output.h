/* What the assembly of ef_tile_dsp.c does with a sum, for other cores. */
#ifndef EF_TILE_OUTPUT_H
#define EF_TILE_OUTPUT_H

#include "ef_channel_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The output of 256 times a sum, with the int32 multiplier, addend and shift at `scaling`, see ef_tile_dsp.h. */
static inline int8_t ef_tile_output(const int8_t *scaling, int32_t sum, int32_t signs)
{
    int32_t row[EF_CHANNEL_SIZE] = {0};

    for (int32_t i = 0; i < 3; i++) {
        row[EF_CHANNEL_MULTIPLIER + i] = (int32_t)ef_load_word(scaling + 4 * i);
    }
    if (signs != 0) {
        return ef_channel_output(row, sum >> 8);
    }
#if defined(__ARM_ARCH_6M__)
    const int32_t product = ef_multiply_and_add_by_halves(sum, row[EF_CHANNEL_MULTIPLIER], 0);
#else
    const int32_t product = (int32_t)((int64_t)sum * row[EF_CHANNEL_MULTIPLIER] >> 32);
#endif
    return (int8_t)ef_saturate_8((int32_t)((int64_t)(product + row[EF_CHANNEL_ADDEND]) >> row[EF_CHANNEL_SHIFT]));
}

#ifdef __cplusplus
}
#endif

#endif
