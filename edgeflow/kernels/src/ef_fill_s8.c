#include "ef_fill.h"

void ef_fill_s8(const ef_fill_params *params, int8_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = (int8_t)params->value;
    }
}
