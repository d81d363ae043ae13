/* Average and maximum over a sliding window, int8 or int16; input and output share scale and zero point. */
#ifndef EF_POOL_2D_H
#define EF_POOL_2D_H

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
    int32_t kernel_h;
    int32_t kernel_w;
    int32_t stride_h;
    int32_t stride_w;
    int32_t pad_top;
    int32_t pad_left;
    int32_t activation_min;
    int32_t activation_max;
} ef_pool_2d_params;

/* input  [batches][input_h][input_w][channels]
 * output [batches][output_h][output_w][channels]
 * Writes in ascending order, for each position and channel after reading its window: the output may
 * overlap the input from below, as far as no write reaches what is still to be read, but no other array.
 * Padding is left out of the mean; halves round away from zero. */
void ef_average_pool_2d_s8(const ef_pool_2d_params *params, const int8_t *input, int8_t *output);

/* As above, with the maximum; padding never wins. */
void ef_max_pool_2d_s8(const ef_pool_2d_params *params, const int8_t *input, int8_t *output);

/* The same for cores with the DSP extension, four channels at a time, of which there are at least four: a group
 * is written after reading its windows. */
void ef_average_pool_2d_s8_dsp(const ef_pool_2d_params *params, const int8_t *input, int8_t *output);
void ef_max_pool_2d_s8_dsp(const ef_pool_2d_params *params, const int8_t *input, int8_t *output);

/* The same of int16 tensors; an averaged window has at most 32768 elements, so that its sum fits 32 bits. */
void ef_average_pool_2d_s16(const ef_pool_2d_params *params, const int16_t *input, int16_t *output);
void ef_max_pool_2d_s16(const ef_pool_2d_params *params, const int16_t *input, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
