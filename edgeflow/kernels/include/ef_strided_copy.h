/* Copy of runs of bytes from evenly spaced places to evenly spaced places: slices, transposes,
 * concatenations and rearranged blocks, of any element type. */
#ifndef EF_STRIDED_COPY_H
#define EF_STRIDED_COPY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t run_bytes; /* copied as one piece, once for every index of the five loops */
    int32_t count[5];  /* outermost loop first, 1 for an unused one */
    int32_t input_step[5]; /* bytes from one index of a loop to the next; may be negative */
    int32_t output_step[5];
    int32_t input_first; /* bytes before the first run */
    int32_t output_first;
} ef_strided_copy_params;

/* input and output as counts and steps say, copied byte by byte in the order of the loops: they may overlap
 * where no write reaches what is still to be read. */
void ef_strided_copy(const ef_strided_copy_params *params, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
