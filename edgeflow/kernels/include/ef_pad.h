/* Padding with a constant on every side of up to four dimensions, 8-bit elements. */
#ifndef EF_PAD_H
#define EF_PAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t input_shape[4];
    int32_t output_shape[4];
    int32_t before[4]; /* elements of padding before the input, along each dimension */
    int8_t value;
} ef_pad_params;

/* input [input_shape], output [output_shape], written in ascending order: the output may overlap the
 * input from below, as far as no write reaches what is still to be read. */
void ef_pad_s8(const ef_pad_params *params, const int8_t *input, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
