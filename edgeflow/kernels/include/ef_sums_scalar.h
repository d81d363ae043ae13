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

/* The lowest 24 bits as a number, taken from *word, whose highest byte is returned. */
static inline uint32_t ef_split_sum(uint32_t *word)
{
    const int32_t low = (int32_t)(*word << 8) >> 8;
    const uint32_t high = (*word - (uint32_t)low) >> 24;
    *word = (uint32_t)low;
    return high;
}

/* The four sums of sums[3], in the order of their positions; sums[3] is used up. */
static inline void ef_unpack_sums(uint32_t sums[EF_WORDS_PER_TAP], int32_t values[EF_POSITIONS])
{
    uint32_t second = ef_split_sum(&sums[0]);
    uint32_t byte;

    sums[1] -= second << 16;
    byte = ef_split_sum(&sums[1]);
    second |= byte << 8;
    sums[2] -= second << 8;
    byte = ef_split_sum(&sums[2]);
    values[0] = (int32_t)sums[0];
    values[1] = (int32_t)((second | byte << 16) << 8) >> 8;
    values[2] = (int32_t)sums[1];
    values[3] = (int32_t)sums[2];
}

#ifdef __cplusplus
}
#endif

#endif
