#include "ef_probe.h"

void ef_probe_int8(const ef_probe_params *params, const int8_t *input, const int8_t *weights,
                   const int32_t *bias, int32_t *scratch, int8_t *output)
{
    for (int32_t i = 0; i < params->count; ++i) {
        scratch[i] = input[i] + weights[i] + params->offset + params->table[i % params->table_length];
        scratch[i] += bias != 0 ? bias[i] : 0;
        scratch[i] += params->absent != 0 ? 1000 : 0;
    }
    for (int32_t i = 0; i < params->count; ++i) {
        int32_t value = (int32_t)((float)scratch[i] * params->gain);
        value = value < params->limits[0] ? params->limits[0] : value;
        output[i] = (int8_t)(value > params->limits[1] ? params->limits[1] : value);
    }
}
