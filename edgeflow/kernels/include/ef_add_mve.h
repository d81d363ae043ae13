/* Sum of two int8 tensors of equal shape and different scales, for cores with Helium (MVE). */
#ifndef EF_ADD_MVE_H
#define EF_ADD_MVE_H

#include "ef_add_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What ef_add_s8_dsp computes, four elements at a time. The output may begin at either input or before it,
 * and the inputs may be the same. */
void ef_add_s8_mve(
    const ef_add_dsp_params *params, const int8_t *coarse, const int8_t *fine, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
