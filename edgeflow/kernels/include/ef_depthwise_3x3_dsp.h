/* Depthwise convolution with filters of 3 x 3, int8, one channel or two at a time.
 *
 * Some lines of a channel are gathered as pairs of int16, so that one instruction multiplies two taps.
 * A line is a row of the image, or a column when that makes fewer and longer lines: the generator gives
 * the steps in memory and turns the filters accordingly. */
#ifndef EF_DEPTHWISE_3X3_DSP_H
#define EF_DEPTHWISE_3X3_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Narrow, because every call of a network has one of its own: the generator checks that values fit. What
 * comes first a load of 16 bits reaches. */
typedef struct {
    uint8_t line_stride;
    uint8_t stride;             /* along a line: 1 or 2 */
    uint8_t pad_lines;          /* lines of padding before the first */
    uint8_t pad;                /* elements of padding before a line: 0 or 1 */
    uint8_t channels_per_step;  /* input channels gathered at once: 1 or 2 */
    uint8_t half_pairs;         /* 1 where after whole_pairs comes one whose low half lies in the image, else 0 */
    int8_t zero_point;          /* of the input */
    int8_t activation_min;
    int8_t activation_max;
    uint16_t batches;
    uint16_t input_c;
    uint16_t depth_multiplier;  /* output channels of one input channel */
    uint16_t input_lines;
    uint16_t input_line_step;   /* elements from a line to the next */
    uint16_t input_step;        /* and from an element to the next */
    uint16_t output_lines;
    uint16_t output_length;     /* at least 2 */
    uint16_t output_line_step;
    uint16_t output_step;
    uint16_t lines_per_step;    /* output lines computed of one channel, then of the next */
    uint16_t pairs;             /* of elements, in a gathered line with its padding */
    uint16_t whole_pairs;       /* of these the ones that lie in the image */
    int32_t input_size;         /* elements of an image */
    int32_t output_size;
} ef_depthwise_3x3_dsp_params;

/* With output_c = input_c * depth_multiplier; output channel o reads input channel o / depth_multiplier:
 * input    [batches][input_h][input_w][input_c]
 * weights  [output_c][9]: with tap t of line l as lt, 00 10 01 11 20 02 21 12 22
 * channels [output_c][4], see ef_channel_dsp.h, with twice the bias
 * scratch  [channels_per_step][pairs][(lines_per_step - 1) * line_stride + 3] pairs of int16; aligned to 4
 * output   [batches][output_h][output_w][output_c]
 * Gathers the lines of a step of its input channels, then writes their output channels: the output may
 * overlap the input from below as far as no write reaches what is still to be read. With a multiplier of
 * 1 it may also begin where the input does, if it is not larger and no step's output reaches the lines of
 * the next one: then a channel's outputs only take bytes of that channel. No other array may overlap.
 * Padding counts as the input's zero point. */
void ef_depthwise_3x3_s8_dsp(
    const ef_depthwise_3x3_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
