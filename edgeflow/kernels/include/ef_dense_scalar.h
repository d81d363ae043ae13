/* Four sums over one input: the inner loop of fully connected layers for cores without SIMD. */
#ifndef EF_DENSE_SCALAR_H
#define EF_DENSE_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Adds to sums[4] the input[taps] times weights[taps][4]; at least 1 tap. */
void ef_dense_scalar(const int8_t *input, const uint8_t *weights, int32_t taps, int32_t *sums);

#ifdef __cplusplus
}
#endif

#endif
