#include "ef_elements_f32.h"

static float absolute(float value)
{
    return value < 0.0f ? -value : value + 0.0f; /* -0 + 0 is 0 */
}

void ef_sign_f32(const ef_sign_f32_params *params, const float *input, float *output)
{
    const ef_sign_f32_params p = *params; /* a copy that no store to output can change */

    for (int32_t i = 0; i < p.count; i++) {
        output[i] = p.is_absolute != 0 ? absolute(input[i]) : -input[i];
    }
}
