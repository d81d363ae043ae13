#include "ef_limit_dsp.h"

#include "ef_requantize.h"

void ef_limit_dsp(int8_t *outputs, int32_t count, int32_t activation_min, int32_t activation_max)
{
    if (activation_min <= INT8_MIN && activation_max >= INT8_MAX) {
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        outputs[i] = (int8_t)ef_clamp(outputs[i], activation_min, activation_max);
    }
}
