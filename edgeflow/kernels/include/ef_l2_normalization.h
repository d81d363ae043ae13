/* Rows of int8 divided by their Euclidean length, in steps of 1/128. */
#ifndef EF_L2_NORMALIZATION_H
#define EF_L2_NORMALIZATION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t rows;
    int32_t channels;     /* at most 33025, so that the sum of squares fits 32 bits */
    int32_t input_offset; /* minus the zero point */
} ef_l2_normalization_params;

/* input and output [rows][channels]; the output may begin at the input or before it. */
void ef_l2_normalization_s8(
    const ef_l2_normalization_params *params, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
