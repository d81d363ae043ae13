/* All output channels of one position: the inner loop of fully connected layers for cores with the DSP
 * extension, four channels at a time. */
#ifndef EF_DENSE_DSP_H
#define EF_DENSE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads these fields by their places: eight words in this order. */
typedef struct {
    const int8_t *weights;    /* [quads][fours + raw_fours][4 channels][2 times h], see ef_tile_dsp.h; aligned to 4 */
    const uint32_t *position; /* [fours][2 pairs of int16], from ef_expand_dsp */
    int32_t fours;            /* groups of four taps of a filter that are expanded, at least 1 */
    const int32_t *channels;  /* [4 * quads][4], see ef_channel_dsp.h; biases as in ef_tile_dsp.h */
    int8_t *output;           /* [4 * quads] */
    int32_t quads;            /* groups of four channels, at least 1 */
    const int8_t *raw;        /* [raw_fours][4] inputs that are not expanded, behind the others */
    int32_t raw_fours;
} ef_dense_job;

/* Computes the job; its weights, channels, output and quads advance to the end. */
void ef_dense_dsp(ef_dense_job *job);

#ifdef __cplusplus
}
#endif

#endif
