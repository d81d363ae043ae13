#include "ef_strided_copy.h"

static void copy_run(const uint8_t *input, uint8_t *output, int32_t byte_count)
{
    for (int32_t i = 0; i < byte_count; i++) {
        output[i] = input[i];
    }
}

/* The two inner loops. */
static void copy_rows(const ef_strided_copy_params *p, const uint8_t *input, uint8_t *output)
{
    for (int32_t i = 0; i < p->count[3]; i++) {
        for (int32_t j = 0; j < p->count[4]; j++) {
            copy_run(
                input + i * p->input_step[3] + j * p->input_step[4],
                output + i * p->output_step[3] + j * p->output_step[4],
                p->run_bytes);
        }
    }
}

void ef_strided_copy(const ef_strided_copy_params *params, const void *input, void *output)
{
    const ef_strided_copy_params *p = params;
    const uint8_t *source = (const uint8_t *)input + p->input_first;
    uint8_t *target = (uint8_t *)output + p->output_first;

    for (int32_t i = 0; i < p->count[0]; i++) {
        for (int32_t j = 0; j < p->count[1]; j++) {
            for (int32_t k = 0; k < p->count[2]; k++) {
                copy_rows(
                    p,
                    source + i * p->input_step[0] + j * p->input_step[1] + k * p->input_step[2],
                    target + i * p->output_step[0] + j * p->output_step[1] + k * p->output_step[2]);
            }
        }
    }
}
