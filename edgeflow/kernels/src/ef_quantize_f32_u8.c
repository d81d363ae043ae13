#include "ef_quantize.h"
#include "ef_real.h"

void ef_quantize_f32_u8(const ef_quantize_params *params, const float *input, uint8_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = (uint8_t)ef_quantize_real(
            input[i], params->scale, params->zero_point, 0, UINT8_MAX);
    }
}
