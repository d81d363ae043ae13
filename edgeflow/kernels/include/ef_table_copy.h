/* Copy of runs of bytes from listed places to a packed output: gathers, nearest-neighbour resizing,
 * mirrored padding and repetition, of any element type. */
#ifndef EF_TABLE_COPY_H
#define EF_TABLE_COPY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t run_bytes; /* copied as one piece, once for every index of the four dimensions */
    int32_t count[4];  /* of the output, outermost first, 1 for an unused one */
    int32_t input_step[4]; /* bytes from one input index to the next */
    const int16_t *index0; /* [count[0]] input index of each output index; null: the same index */
    const int16_t *index1;
    const int16_t *index2;
    const int16_t *index3;
} ef_table_copy_params;

/* output [count[0]][count[1]][count[2]][count[3]][run_bytes], copied byte by byte in ascending
 * order: it may overlap the input where no write reaches what is still to be read. */
void ef_table_copy(const ef_table_copy_params *params, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
