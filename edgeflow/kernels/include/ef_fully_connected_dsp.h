/* Fully connected layer, int8, four channels at a time. */
#ifndef EF_FULLY_CONNECTED_DSP_H
#define EF_FULLY_CONNECTED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batches;
    int32_t input_c;
    int32_t expanded_c; /* the first inputs, which are expanded: all, or a multiple of 4 of a multiple of 4 */
    int32_t output_c;
    int32_t activation_min;
    int32_t activation_max;
} ef_fully_connected_dsp_params;

/* input    [batches][input_c]
 * weights  for each four channels and each four taps 4 x 2 times h, see ef_tile_dsp.h, aligned to 4; filters
 *          are filled up with zeros to a multiple of 4, the channels with filters of zeros to one of 4
 * channels [output_c rounded up to a multiple of 4][4], see ef_channel_dsp.h; biases as in ef_tile_dsp.h
 * scratch  the expanded inputs, filled up as a filter is, as int16; if there was something to fill up also
 *          four bytes; aligned to 4
 * output   [batches][output_c]
 * The scratch of a single batch may overlap the input if it begins as many bytes before it as are expanded,
 * rounded up to a multiple of 4. Reads what it expands of a batch, then the rest of it for each four channels,
 * before it writes them: the output may overlap the input from below as far as no write reaches what is
 * still to be read. No other array may overlap. */
void ef_fully_connected_s8_dsp(
    const ef_fully_connected_dsp_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
