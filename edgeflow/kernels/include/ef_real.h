/* Real numbers to quantized ones and back, as TFLite's QUANTIZE and DEQUANTIZE do it; for callers. */
#ifndef EF_REAL_H
#define EF_REAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* round(real / scale) + zero_point limited to low .. high, halves away from zero; NaN gives low.
 *
 * No float outside the limits is made an integer. scale > 0; low <= zero_point <= high, all within
 * 16 bits, so that the differences below are exact floats. */
static inline int32_t ef_quantize_real(float real, float scale, int32_t zero_point, int32_t low, int32_t high)
{
    const float steps = real / scale;
    int32_t whole;
    float fraction;

    if (!(steps > (float)(low - zero_point))) {
        return low;
    }
    if (steps >= (float)(high - zero_point)) {
        return high;
    }
    whole = (int32_t)steps;
    fraction = steps - (float)whole; /* exact */
    return whole + (fraction >= 0.5f ? 1 : 0) - (fraction <= -0.5f ? 1 : 0) + zero_point;
}

/* (value - zero_point) * scale. */
static inline float ef_dequantize_real(int32_t value, float scale, int32_t zero_point)
{
    return (float)(value - zero_point) * scale;
}

#ifdef __cplusplus
}
#endif

#endif
