/* The limits of an activation that int8 alone does not keep. */
#ifndef EF_LIMIT_DSP_H
#define EF_LIMIT_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Limits count outputs to an activation's range, where that is less than int8. */
void ef_limit_dsp(int8_t *outputs, int32_t count, int32_t activation_min, int32_t activation_max);

#ifdef __cplusplus
}
#endif

#endif
