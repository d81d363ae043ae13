/* Depthwise convolution with filters of 3 x 3, int8, for cores without SIMD: one channel at a time, three
 * outputs by two multiplications a tap.
 *
 * The output lines of a step are cut into three strips of equal height, which overlap where their number is
 * no multiple of 3. What the strips read at the same place, x0, x1 and x2, is packed into two words
 *   x0 + x1 * 2^21,  x2 + x1 * 2^10
 * modulo 2^32. Their products with a weight add up to S0 + S1 * 2^21 and so on. The sums of 9 products are
 * within 21 bits: S0 is the first word's lower part, its upper part the lowest 11 bits of S1; without these
 * the second word gives S2 and the upper bits of S1. */
#ifndef EF_DEPTHWISE_3X3_SCALAR_H
#define EF_DEPTHWISE_3X3_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EF_STRIPS 3
#define EF_WORDS_PER_PLACE 2
#define EF_LOW_SUM_BITS 21 /* of S0 and S2 */
#define EF_MIDDLE_SHIFT 10 /* of S1 in the second word; 21 + 11 bits fill the first */

typedef struct {
    int32_t batches;
    int32_t input_c;
    int32_t depth_multiplier; /* output channels of one input channel */
    int32_t input_size;       /* elements of an image */
    int32_t input_lines;
    int32_t input_length;     /* elements of a line: a row of the image or, turned, a column */
    int32_t input_line_step;  /* elements from a line to the next */
    int32_t input_step;       /* and from an element to the next */
    int32_t output_size;
    int32_t output_lines;
    int32_t output_length;
    int32_t output_line_step;
    int32_t output_step;
    int32_t line_stride;
    int32_t stride;           /* along a line */
    int32_t pad_lines;        /* lines of padding before the first */
    int32_t pad;              /* elements of padding before a line, at most 2 */
    int32_t zero_point;       /* of the input */
    int32_t lines_per_step;   /* output lines computed of one channel, then of the next */
    int32_t columns;          /* elements that the outputs of a line read */
} ef_depthwise_3x3_scalar_params;

/* With output_c = input_c * depth_multiplier; output channel o reads input channel o / depth_multiplier:
 * input    [batches][input_h][input_w][input_c]
 * weights  [output_c][3 lines][3]
 * channels [output_c][4], see ef_output_scalar.h
 * scratch  [((lines_per_step + 2) / 3 - 1) * line_stride + 3][columns][2] words; aligned to 4
 * output   [batches][output_h][output_w][output_c]
 * Gathers the lines of a step of one input channel, then writes its output channels: the output may
 * overlap the input from below as far as no write reaches what is still to be read. With a multiplier of
 * 1 it may also begin where the input does, if it is not larger and no step's output reaches the lines of
 * the next one: then a channel's outputs only take bytes of that channel. No other array may overlap.
 * Padding counts as the input's zero point. */
void ef_depthwise_3x3_s8_scalar(
    const ef_depthwise_3x3_scalar_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
