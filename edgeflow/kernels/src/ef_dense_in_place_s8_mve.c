#include "ef_dense_in_place_mve.h"

#include "ef_bytes_mve.h"
#include "ef_positions_mve.h"

void ef_dense_in_place_s8_mve(
    const ef_dense_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const int32_t last = params->positions - 1;
    const int is_backwards = params->output_c > params->input_c;
    ef_positions_job job = {
        .input = (const int8_t *)scratch,
        .weights = weights,
        .channels = channels,
        .depth = params->input_c,
        .output_c = params->output_c,
        .activation_min = params->activation_min,
        .activation_max = params->activation_max,
    };

    for (int32_t i = 0; i <= last; i++) {
        const int32_t position = is_backwards != 0 ? last - i : i;
        (void)ef_copy_bytes((int8_t *)scratch, input + position * params->input_c, params->input_c);
        job.output = output + position * params->output_c;
        job.positions = 1;
        ef_positions_mve(&job);
    }
}
