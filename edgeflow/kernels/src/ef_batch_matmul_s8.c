#include "ef_batch_matmul.h"

#include "ef_requantize.h"

static int32_t dot(const ef_batch_matmul_params *p, const int8_t *row, const int8_t *column)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < p->depth; i++) {
        sum += (*row + p->input1_offset) * (*column + p->input2_offset);
        row += p->input1_depth_step;
        column += p->input2_depth_step;
    }
    return sum;
}

/* One product of matrices; returns the end of the output. */
static int8_t *matrix_product(
    const ef_batch_matmul_params *p, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    for (int32_t i = 0; i < p->rows; i++) {
        for (int32_t j = 0; j < p->columns; j++) {
            const int32_t sum = dot(p, input1 + i * p->input1_row_step, input2 + j * p->input2_column_step);
            const int32_t value = ef_requantize(sum, p->multiplier, p->shift) + p->output_offset;
            *output++ = (int8_t)ef_clamp(value, INT8_MIN, INT8_MAX);
        }
    }
    return output;
}

void ef_batch_matmul_s8(
    const ef_batch_matmul_params *params, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const ef_batch_matmul_params *p = params;
    const int32_t *step1 = p->input1_batch_step;
    const int32_t *step2 = p->input2_batch_step;

    for (int32_t i = 0; i < p->batch_count[0]; i++) {
        for (int32_t j = 0; j < p->batch_count[1]; j++) {
            for (int32_t k = 0; k < p->batch_count[2]; k++) {
                const int8_t *left = input1 + i * step1[0] + j * step1[1] + k * step1[2];
                const int8_t *right = input2 + i * step2[0] + j * step2[1] + k * step2[2];
                output = matrix_product(p, left, right, output);
            }
        }
    }
}
