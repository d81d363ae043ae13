/* Singular value decomposition filter: each filter sees the last values of its feature. */
#ifndef EF_SVDF_H
#define EF_SVDF_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t input_c;
    int32_t units;
    int32_t rank;   /* filters of a unit, whose sums are added */
    int32_t memory; /* values that a filter remembers */
    int32_t input_offset;  /* minus the input's zero point */
    int32_t output_offset; /* the output's zero point */
    int32_t state_multiplier; /* from sums over the input to the state, see ef_requantize.h */
    int32_t state_shift;
    int32_t output_multiplier; /* from sums over the state to the output */
    int32_t output_shift;
    const int32_t *bias; /* [units], or null */
} ef_svdf_params;

/* input           [batches][input_c]
 * feature_weights [units * rank][input_c], zero point 0
 * time_weights    [units * rank][memory], zero point 0, the oldest value's first
 * state           [batches][units * rank][memory], read and written
 * output          [batches][units]
 * No array overlaps another. */
void ef_svdf_s8(
    const ef_svdf_params *params,
    const int8_t *input,
    const int8_t *feature_weights,
    const int16_t *time_weights,
    int16_t *state,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
