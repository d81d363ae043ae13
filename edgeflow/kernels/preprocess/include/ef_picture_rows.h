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

/* Where the boxes of a row have come to, from left to right. A source pixel has destination.width units along
 * x, a box source.width. */
typedef struct {
    const uint8_t *row;
    uint32_t x;     /* the next pixel */
    uint32_t units; /* of a pixel */
    uint32_t box;   /* units of a box */
    uint32_t left;  /* units of the last pixel that are not yet counted */
    uint32_t last[3];
} ef_picture_boxes;

/* One function that sums the next `count` boxes of a row, channel by channel. */
typedef void ef_picture_sum_function(ef_picture_boxes *boxes, int format, uint32_t *sums, uint32_t count);

/* What both area functions share: for which rows of the destination a row of the source counts, and what its
 * sums come to. */
void ef_picture_area(
    const ef_picture_params *params,
    ef_picture *picture,
    uint32_t *sums,
    const uint8_t *row,
    uint8_t *output,
    ef_picture_sum_function *sum_boxes);

#ifdef __cplusplus
}
#endif

#endif
