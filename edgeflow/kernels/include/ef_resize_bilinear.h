/* Bilinear resizing of height and width, int8, with places in 1/1024 of an input element. */
#ifndef EF_RESIZE_BILINEAR_H
#define EF_RESIZE_BILINEAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t input_h;
    int32_t input_w;
    int32_t channels;
    int32_t output_h;
    int32_t output_w;
    int32_t step_h; /* from one output index to the next, in 1/1024 input elements */
    int32_t step_w;
    int32_t first_h; /* place of output index 0 */
    int32_t first_w;
} ef_resize_bilinear_params;

/* input [batches][input_h][input_w][channels], output [batches][output_h][output_w][channels];
 * sizes of at most 1024. Writes in ascending order, each element after reading its neighbours: the output
 * may overlap the input from below, as far as no write reaches what is still to be read. */
void ef_resize_bilinear_s8(const ef_resize_bilinear_params *params, const int8_t *input, int8_t *output);

/* The same of int16 tensors. */
void ef_resize_bilinear_s16(
    const ef_resize_bilinear_params *params, const int16_t *input, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
