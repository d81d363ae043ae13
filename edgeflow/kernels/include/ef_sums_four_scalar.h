/* ef_sums_scalar for four channels at once: each word is loaded once for all of them. For cores with
 * registers for the twelve sums, the words, and more. */
#ifndef EF_SUMS_FOUR_SCALAR_H
#define EF_SUMS_FOUR_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Arm has 13 registers for all. */
#if defined(__arm__)
#define EF_CHANNELS_AT_ONCE 1
#else
#define EF_CHANNELS_AT_ONCE 4
#endif

/* Adds to sums[4][3] the `taps` words[taps][3] times weights[4][taps], modulo 2^32; a multiple of 4, at least 4. */
void ef_sums_four_scalar(const uint32_t *words, const uint8_t *weights, int32_t taps, uint32_t *sums);

#ifdef __cplusplus
}
#endif

#endif
