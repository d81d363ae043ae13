#include "ef_dequantize.h"

void ef_dequantize_s16_f32(const ef_dequantize_params *params, const int16_t *input, float *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = params->scale * (float)(input[i] - params->zero_point);
    }
}
