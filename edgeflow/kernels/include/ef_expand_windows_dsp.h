/* Windows of a convolution as the tiles of ef_tile_dsp.h take them. */
#ifndef EF_EXPAND_WINDOWS_DSP_H
#define EF_EXPAND_WINDOWS_DSP_H

#include "ef_conv_2d_s8_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An image and its next window. */
typedef struct {
    const ef_conv_2d_dsp_params *params;
    const int8_t *input; /* of the image */
    int8_t *row;         /* a row of taps as bytes */
    int32_t row_fours;   /* groups of four taps in it */
    uint32_t padding[2]; /* four zero points, expanded */
    int32_t line_step;   /* bytes from a row of taps to the next one's */
    int32_t end_x;       /* behind a line's last window */
    int32_t y;           /* line of the next window's first tap */
    int32_t x;           /* its column; from end_x on, y is the line before */
    const int8_t *line;  /* column 0 of that line */
    int32_t last_x;      /* of a window that begins a group of three whole ones */
} ef_conv_image;

/* The next `count` windows, at most three: to [kernel_h * row_fours][2][3], of which less windows take the
 * first columns. */
void ef_expand_windows_dsp(ef_conv_image *image, uint32_t *to, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
