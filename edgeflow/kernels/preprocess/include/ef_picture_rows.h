/* Rows of a frame to rows of the network's input, one function for each way to resize and colour. */
#ifndef EF_PICTURE_ROWS_H
#define EF_PICTURE_ROWS_H

#include "ef_picture.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Source and destination of one size; without work memory. */
ef_picture_row_function ef_picture_copy_grey;
ef_picture_row_function ef_picture_copy_rgb;

/* The source pixel under the middle of each; without work memory. */
ef_picture_row_function ef_picture_nearest_grey;
ef_picture_row_function ef_picture_nearest_rgb;

/* Two taps on each axis; work is uint16_t [2][width][channels]: two rows, blended along x. */
ef_picture_row_function ef_picture_bilinear_grey;
ef_picture_row_function ef_picture_bilinear_rgb;

/* The average over the box under each; work is uint32_t [width][channels]: sums. */
ef_picture_row_function ef_picture_area_grey;
ef_picture_row_function ef_picture_area_rgb;

/* One function that blends along x row `row` of the source into the line. */
typedef void ef_picture_line_function(const ef_picture *picture, const uint8_t *row, uint16_t *line);

/* What both bilinear functions share: which rows are blended along x by `line_of`, and the blend along y. */
void ef_picture_bilinear(
    const ef_picture_params *params,
    ef_picture *picture,
    uint16_t *lines,
    const uint8_t *row,
    uint8_t *output,
    ef_picture_line_function *line_of);

/* How a row of the source counts for the sums: `now` times for the destination's next row, which it completes
 * if `is_last`, and then `later` times for the one after it. */
typedef struct {
    uint32_t now;
    uint32_t later;
    uint32_t is_last;
    uint8_t *output; /* of the row that is completed */
    uint32_t flip;
} ef_picture_share;

/* One function that adds a row of the source, summed along x, to the sums. */
typedef void ef_picture_sum_function(
    const ef_picture *picture, const uint8_t *row, uint32_t *sums, const ef_picture_share *share);

/* What both area functions share: for which rows of the destination a row of the source counts. */
void ef_picture_area(
    const ef_picture_params *params,
    ef_picture *picture,
    uint32_t *sums,
    const uint8_t *row,
    uint8_t *output,
    ef_picture_sum_function *add_row);

#ifdef __cplusplus
}
#endif

#endif
