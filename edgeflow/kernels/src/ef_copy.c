#include "ef_copy.h"

void ef_copy(const ef_copy_params *params, const void *input, void *output)
{
    const uint8_t *source = input;
    uint8_t *target = output;

    for (int32_t i = 0; i < params->byte_count; i++) {
        target[i] = source[i];
    }
}
