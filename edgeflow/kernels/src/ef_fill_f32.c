#include "ef_elements_f32.h"

void ef_fill_f32(const ef_fill_f32_params *params, float *output)
{
    const ef_fill_f32_params p = *params; /* a copy that no store to output can change */

    for (int32_t i = 0; i < p.count; i++) {
        output[i] = p.value;
    }
}
