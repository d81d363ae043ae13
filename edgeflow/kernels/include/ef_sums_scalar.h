/* Sums of four positions by three multiplications a tap: the inner loop of convolutions for cores that
 * multiply one pair of numbers at a time.
 *
 * The second position x1 travels in the upper bits of the other three: a tap is the words
 *   x0 + x1 * 2^24,  x2 + x1 * 2^16,  x3 + x1 * 2^8
 * modulo 2^32. Their products with a weight add up to S0 + S1 * 2^24 and so on. Where the four sums of a
 * window are within 24 bits, S0 is the first word's lower part and its upper part the lowest byte of S1;
 * without that the second word gives S2 and the next byte, the third one S3 and the last.
 */
#ifndef EF_SUMS_SCALAR_H
#define EF_SUMS_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_POSITIONS 4
#define EF_WORDS_PER_TAP 3

/* Adds to sums[3] the `taps` words[taps][3] times weights[taps], modulo 2^32; a multiple of 4, at least 4. */
void ef_sums_scalar(const uint32_t *words, const uint8_t *weights, int32_t taps, uint32_t *sums);

#ifdef __cplusplus
}
#endif

#endif
