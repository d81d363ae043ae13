/* Depthwise convolution of multiplier 1 with filters of up to 4 x 4, int8, for cores with Helium (MVE).
 *
 * One channel at a time; its lines, which are rows of the image or its columns, go through a ring of four. */
#ifndef EF_DEPTHWISE_LINES_MVE_H
#define EF_DEPTHWISE_LINES_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t channels;
    int32_t input_size; /* of a batch */
    int32_t input_lines;
    int32_t input_line_step; /* bytes from a line to the next */
    int32_t input_step;      /* bytes along a line, at most 9362 */
    int32_t gathered;        /* inputs of a line that its windows read, at least 1 */
    int32_t output_size;     /* of a batch */
    int32_t output_lines;
    int32_t output_length;
    int32_t output_line_step;
    int32_t output_step;
    int32_t kernel_lines; /* 1 .. 4 */
    int32_t line_stride;
    int32_t stride; /* along a line, 1 or 2 */
    int32_t pad_lines;
    int32_t pad;
    int32_t words; /* of the ring */
    int32_t zero_point;
    int32_t activation_min;
    int32_t activation_max;
} ef_depthwise_lines_mve_params;

/* input     [batches][lines][length][channels] or, by columns, [batches][length][lines][channels]
 * weights   [channels][4 columns][4 lines], as the lines lie, zeros where there is no tap
 * constants [channels][4] as ef_line_mve.h has them
 * scratch   the weights of a channel, then [words][4], then 4 bytes of padding; at a multiple of 4 bytes
 * output    as the input
 * Of a channel, the inputs of an output line are gathered, then this line is written, so that input and output
 * may begin at one place where that reaches no input line that is still to be gathered. */
void ef_depthwise_lines_s8_mve(
    const ef_depthwise_lines_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *constants,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
