/* The smaller or the larger of two int8 or int16 elements, compared as they are stored. */
#ifndef EF_SELECT_H
#define EF_SELECT_H

#include "ef_broadcast.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    ef_broadcast_shape broadcast;
} ef_select_params;

/* Inputs and output as ef_broadcast_s8 says. */
void ef_minimum_s8(
    const ef_select_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);
void ef_maximum_s8(
    const ef_select_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

/* The same of int16 tensors. */
void ef_minimum_s16(
    const ef_select_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);
void ef_maximum_s16(
    const ef_select_params *params, const int16_t *input1, const int16_t *input2, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
