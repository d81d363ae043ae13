#include "ef_dense_mve.h"

#include "ef_positions_mve.h"

void ef_dense_s8_mve(
    const ef_dense_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    int8_t *output)
{
    ef_positions_job job = {
        .input = input,
        .weights = weights,
        .channels = channels,
        .output = output,
        .depth = params->input_c,
        .output_c = params->output_c,
        .positions = params->positions,
        .activation_min = params->activation_min,
        .activation_max = params->activation_max,
    };

    ef_positions_mve(&job);
}
