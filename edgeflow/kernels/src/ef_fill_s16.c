#include "ef_fill.h"

void ef_fill_s16(const ef_fill_params *params, int16_t *output)
{
    for (int32_t i = 0; i < params->count; i++) {
        output[i] = params->value;
    }
}
