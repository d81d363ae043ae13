/* All channels of one position of a depthwise convolution, 16 at a time, for cores with Helium (MVE).
 *
 * Products of bytes are taken 16 bits wide, those of two taps are added in 16 bits, which the generator
 * proves to be enough, and only then widened. Widening takes every second number, so the sums of a block
 * are those of the channels 0 4 8 12, 2 6 10 14, 1 5 9 13, 3 7 11 15. */
#ifndef EF_DEPTHWISE_BLOCK_MVE_H
#define EF_DEPTHWISE_BLOCK_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_BLOCK_CHANNELS 16
#define EF_BLOCK_SIZE 64 /* numbers of the constants of a block */

/* The assembly reads these fields by their places: eight words in this order. */
typedef struct {
    const int8_t *const *taps; /* [pairs][2], each [channels] */
    const int8_t *weights;     /* [blocks][pairs][2 taps][16 channels], zeros where there is none */
    const int32_t *constants;  /* [blocks]: 16 biases, then of each four channels 4 multipliers, 4 addends and
                                * 4 shifts as in ef_channel_mve.h; channels in the order of the sums */
    int8_t *output;            /* [channels] */
    int32_t pairs;             /* of taps, at least 1 */
    int32_t channels;          /* at least 1 */
    int32_t activation_min;
    int32_t activation_max;
} ef_block_job;

/* Computes the job; reads all taps of 16 channels, then writes these. */
void ef_depthwise_block_mve(const ef_block_job *job);

#ifdef __cplusplus
}
#endif

#endif
