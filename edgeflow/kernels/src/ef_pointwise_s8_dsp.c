#include "ef_pointwise_s8_dsp.h"

#include "ef_conv_2d_s8_dsp.h"

void ef_pointwise_s8_dsp(
    const ef_pointwise_dsp_params *params, const int8_t *input, const int8_t *weights, void *scratch, int8_t *output)
{
    const ef_conv_2d_dsp_params row = {
        .batches = 1,
        .input_h = 1,
        .input_w = params->positions,
        .input_c = params->input_c,
        .output_h = 1,
        .output_w = params->positions,
        .output_c = params->output_c,
        .kernel_h = 1,
        .kernel_w = 1,
        .stride_h = 1,
        .stride_w = 1,
        .dilation_h = 1,
        .activation_min = params->activation_min,
        .activation_max = params->activation_max,
        .signs = params->signs,
    };
    ef_conv_2d_s8_dsp(&row, input, weights, scratch, output);
}
