/* Windows of a convolution as the words of ef_sums_scalar.h. */
#ifndef EF_PACK_WINDOWS_SCALAR_H
#define EF_PACK_WINDOWS_SCALAR_H

#include "ef_conv_2d_scalar.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The window of a position: its first tap's line and column in the image. */
typedef struct {
    int32_t y;
    int32_t x;
} ef_window_place;

/* Packs the windows of four positions of an image, filled up to a multiple of 4 taps, with room for four
 * rows of taps behind the words; takes 128 times the sum of the words from starts[3]. */
void ef_pack_windows_scalar(
    const ef_conv_2d_scalar_params *params,
    const int8_t *image,
    const ef_window_place at[4],
    uint32_t *words,
    uint32_t *starts);

#ifdef __cplusplus
}
#endif

#endif
