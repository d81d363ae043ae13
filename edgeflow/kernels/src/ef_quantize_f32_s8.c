#include "ef_quantize.h"
#include "ef_real.h"

void ef_quantize_f32_s8(const ef_quantize_params *params, const float *input, int8_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = (int8_t)ef_quantize_real(
            input[i], params->scale, params->zero_point, INT8_MIN, INT8_MAX);
    }
}
