#include "ef_quantize.h"
#include "ef_real.h"

void ef_quantize_f32_s16(const ef_quantize_params *params, const float *input, int16_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = (int16_t)ef_quantize_real(
            input[i], params->scale, params->zero_point, INT16_MIN, INT16_MAX);
    }
}
