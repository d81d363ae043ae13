/* All output channels of three positions: the inner loops of the convolutions for cores with the DSP
 * extension, three positions times two channels at a time.
 *
 * To expand bytes to int16 costs an instruction for two of them. Half of that is saved for the weights:
 * taps a (even) and b (odd) are stored as the int16 h = 256 * b + a, whose low byte is a again. With the
 * inputs x of a and y of b,
 *     h * y + a * (256 * x - y + 127) = 256 * (a * x + b * y) + 127 * a,
 * and the last term, summed over a filter, is known: the sum begins with minus it. So one expansion
 * serves four taps. The sums are modulo 2^32; the generator proves that none leaves 24 bits.
 *
 * What a pair of channels needs lies in one row of weights, in the order in which it is read:
 *     int32 bias[2]            where the sums begin
 *     int16 h[fours][2][2]     for each four taps those of the first channel, then those of the second
 *     int32 scaling[2][3]      of each channel: multiplier, addend, shift
 * With signs these are the constants of ef_channel_dsp.h. Without, outputs below the zero point are cut
 * anyway, so that halves below zero need no care: addend and shift are those of a sum scaled without
 * rounding, (sum * multiplier >> 32) + addend >> shift. */
#ifndef EF_TILE_DSP_H
#define EF_TILE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_TILE_POSITIONS 3
#define EF_TILE_FOUR_WORDS (2 * EF_TILE_POSITIONS) /* of a group of four taps of all positions */

/* The assembly reads these fields by their places: eight words in this order. */
typedef struct {
    const int8_t *weights;     /* [channels / 2, rounded up] rows as above, aligned to 4 */
    int8_t *output;            /* [channels] of the first position */
    int32_t channels;          /* at least 1 */
    int32_t second;            /* where the second position's outputs begin, from the first one's */
    int32_t third;             /* the same of the third; less positions write to the same place */
    const uint32_t *positions; /* [fours][2][3 positions]: three pairs y, then the three 256 * x - y + 127 */
    int32_t fours;             /* groups of four taps of a filter, at least 1 */
    int32_t signs;             /* 1 with signs, else 0 */
} ef_tile_job;

/* Computes the job. Where positions share their outputs, the first one's stay. */
void ef_tile_dsp(const ef_tile_job *job);

#ifdef __cplusplus
}
#endif

#endif
