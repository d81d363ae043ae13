#include "ef_quantize.h"

/* round(value) + zero_point limited to int8. No float outside the limits is made an integer. */
static int8_t quantized(float value, int32_t zero_point)
{
    int32_t whole;
    float fraction;

    if (!(value > (float)(INT8_MIN - zero_point))) {
        return INT8_MIN; /* also NaN */
    }
    if (value >= (float)(INT8_MAX - zero_point)) {
        return INT8_MAX;
    }
    whole = (int32_t)value;
    fraction = value - (float)whole; /* exact */
    if (fraction >= 0.5f) {
        whole++;
    } else if (fraction <= -0.5f) {
        whole--;
    }
    return (int8_t)(whole + zero_point);
}

void ef_quantize_f32_s8(const ef_quantize_params *params, const float *input, int8_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = quantized(input[i] / params->scale, params->zero_point);
    }
}
