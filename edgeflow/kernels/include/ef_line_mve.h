/* One line of outputs of a channel of a depthwise convolution, for cores with Helium (MVE).
 *
 * A window of up to 4 x 4 taps is 16 bytes side by side: a word of the ring holds four input lines' bytes of
 * one place, line y in byte y mod 4, and four neighbouring words are the window. Its dot product is one
 * instruction. The weights lie the same way; from an output line to the next they turn inside the words. */
#ifndef EF_LINE_MVE_H
#define EF_LINE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_RING_LINES 4
#define EF_WINDOW_BYTES 16

/* The assembly reads these fields by their places: ten words in this order. */
typedef struct {
    const int8_t *windows;    /* the first one, at a multiple of 4 bytes; read up to the last of a group of four */
    int32_t window_step;      /* bytes between the windows of neighbouring outputs: 4 or 8 */
    int8_t *weights;          /* [4 columns][4 lines], at a multiple of 4 bytes; turned afterwards */
    int32_t turn;             /* bits by which the weights then turn inside their words: 0, 8, 16, 24 */
    int32_t output_step;      /* bytes between neighbouring outputs */
    int32_t count;            /* outputs, at least 1 */
    const int32_t *constants; /* bias, multiplier, addend, minus shift, as ef_channel_mve.h has them */
    int8_t *output;
    int32_t activation_min;
    int32_t activation_max;
} ef_line_job;

void ef_line_mve(const ef_line_job *job);

#ifdef __cplusplus
}
#endif

#endif
