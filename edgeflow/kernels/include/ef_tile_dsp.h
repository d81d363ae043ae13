/* All output channels of two positions: the inner loops of the convolutions for cores with the DSP
 * extension, two positions times two channels at a time.
 *
 * To expand bytes to int16 costs an instruction for two of them. Half of that is saved for the weights:
 * taps a (even) and b (odd) are stored as the int16 h = 256 * b + a, whose low byte is a again. With the
 * inputs x of a and y of b,
 *     h * y + a * (256 * x - y + 127) = 256 * (a * x + b * y) + 127 * a,
 * and the last term, summed over a filter, is known: the sum begins with minus it. So one expansion
 * serves four taps. The sums are modulo 2^32; the generator proves that none leaves 24 bits. */
#ifndef EF_TILE_DSP_H
#define EF_TILE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads these fields by their places: seven words in this order. */
typedef struct {
    const int8_t *weights;     /* [channel_pairs][fours][2 channels][2 times h], aligned to 4 */
    const uint32_t *positions; /* [fours][2 positions][2 pairs of int16], from ef_expand_dsp */
    int32_t fours;             /* groups of four taps of a filter, at least 1 */
    const int32_t *channels;   /* [2 * channel_pairs][4], see ef_channel_dsp.h; biases as below */
    int8_t *first;             /* [2 * channel_pairs], the first position's outputs */
    int8_t *second;            /* the same of the second position */
    int32_t channel_pairs;     /* at least 1 */
} ef_tile_job;

/* Computes the job; its weights, channels, first, second and channel_pairs advance to the end. */
void ef_tile_dsp(ef_tile_job *job);

#ifdef __cplusplus
}
#endif

#endif
