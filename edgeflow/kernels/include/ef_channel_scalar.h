/* An output of a convolution from its sum, limited, by the constants of ef_channel_dsp.h. */
#ifndef EF_CHANNEL_SCALAR_H
#define EF_CHANNEL_SCALAR_H

#include "ef_channel_dsp.h"
#include "ef_requantize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `sum` does not hold the channel's bias yet. */
static inline int8_t ef_channel_limited(const int32_t channel[EF_CHANNEL_SIZE], int32_t sum, int32_t low, int32_t high)
{
    const int32_t doubled = 2 * (sum + channel[EF_CHANNEL_BIAS]);
    const int32_t x = ef_multiply_rounded(doubled, channel[EF_CHANNEL_MULTIPLIER]);
    const int32_t y = (x - (x < 0 ? 1 : 0) + channel[EF_CHANNEL_ADDEND]) >> channel[EF_CHANNEL_SHIFT];
    return (int8_t)ef_clamp(y, low, high);
}

#ifdef __cplusplus
}
#endif

#endif
