/* All output channels of some positions: the inner loops of the convolutions and the fully connected
 * layer for cores with Helium (MVE), four channels times 16 taps at a time. */
#ifndef EF_POSITIONS_MVE_H
#define EF_POSITIONS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads these fields by their places: nine words in this order. */
typedef struct {
    const int8_t *input;     /* [positions][depth] */
    const int8_t *weights;   /* [quads][depth / 16, rounded up][4 channels][16 taps], zeros behind a filter */
    const int32_t *channels; /* [quads][16], see ef_channel_mve.h */
    int8_t *output;          /* [positions][output_c] */
    int32_t depth;           /* taps of a filter, at least 1 */
    int32_t output_c;        /* at least 1 */
    int32_t positions;       /* at least 1 */
    int32_t activation_min;
    int32_t activation_max;
} ef_positions_job;

/* Computes the job: position after position, at each one four channels after the other. Reads no byte
 * behind a position's taps. The job's output and positions advance to the end. */
void ef_positions_mve(ef_positions_job *job);

#ifdef __cplusplus
}
#endif

#endif
