/* Products of int8 matrices, both of them activations, in batches that may be repeated. */
#ifndef EF_BATCH_MATMUL_H
#define EF_BATCH_MATMUL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t batch_count[3];
    int32_t input1_batch_step[3]; /* elements from one batch to the next, 0 to repeat */
    int32_t input2_batch_step[3];
    int32_t rows;
    int32_t depth;
    int32_t columns;
    int32_t input1_row_step; /* elements; steps tell a transposed matrix from a plain one */
    int32_t input1_depth_step;
    int32_t input2_depth_step;
    int32_t input2_column_step;
    int32_t input1_offset; /* minus the zero point */
    int32_t input2_offset;
    int32_t output_offset; /* the zero point */
    int32_t multiplier;    /* product of the input scales / output scale, see ef_requantize.h */
    int32_t shift;
} ef_batch_matmul_params;

/* input1 and input2 as their steps say, output [batch_count][rows][columns], each element written after
 * its row and column are read: the output may overlap an input as far as no write reaches what is still
 * to be read. The depth is at most 33025, so that a sum fits 32 bits. */
void ef_batch_matmul_s8(
    const ef_batch_matmul_params *params, const int8_t *input1, const int8_t *input2, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
