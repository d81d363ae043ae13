#include "ef_table_copy.h"

#include <stddef.h>

/* Bytes before the input element that output index `i` reads. */
static int32_t place(const int16_t *index, int32_t i, int32_t step)
{
    return (index != NULL ? index[i] : i) * step;
}

/* All runs of the innermost dimension; returns the end. */
static uint8_t *copy_row(const ef_table_copy_params *p, const uint8_t *input, uint8_t *output)
{
    for (int32_t i = 0; i < p->count[3]; i++) {
        const uint8_t *run = input + place(p->index3, i, p->input_step[3]);
        for (int32_t j = 0; j < p->run_bytes; j++) {
            *output++ = run[j];
        }
    }
    return output;
}

void ef_table_copy(const ef_table_copy_params *params, const void *input, void *output)
{
    const ef_table_copy_params *p = params;
    uint8_t *target = output;

    for (int32_t i = 0; i < p->count[0]; i++) {
        const uint8_t *block = (const uint8_t *)input + place(p->index0, i, p->input_step[0]);
        for (int32_t j = 0; j < p->count[1]; j++) {
            const uint8_t *plane = block + place(p->index1, j, p->input_step[1]);
            for (int32_t k = 0; k < p->count[2]; k++) {
                target = copy_row(p, plane + place(p->index2, k, p->input_step[2]), target);
            }
        }
    }
}
