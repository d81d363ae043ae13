/* Windows of a convolution as the tiles of ef_tile_dsp.h take them. */
#ifndef EF_EXPAND_WINDOW_DSP_H
#define EF_EXPAND_WINDOW_DSP_H

#include "ef_conv_2d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What all windows of an image share. */
typedef struct {
    const ef_conv_2d_dsp_params *params;
    const int8_t *input; /* of the image */
    const int8_t *end;   /* behind the image */
    int8_t *row;         /* a row of taps as bytes */
    int32_t row_fours;   /* groups of four taps in it */
    int32_t line_step;   /* bytes from a row of taps to the next one's */
    uint32_t padding[2]; /* four zero points, expanded */
} ef_conv_image;

/* The window of one position, its first tap at line y and column x of the image: fours times four words,
 * of which every first two are this position's. */
void ef_expand_window_dsp(const ef_conv_image *image, uint32_t *to, int32_t y, int32_t x);

#ifdef __cplusplus
}
#endif

#endif
