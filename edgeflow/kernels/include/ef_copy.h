/* Copy of a tensor's bytes, for operators that only give a tensor another shape. */
#ifndef EF_COPY_H
#define EF_COPY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t byte_count;
} ef_copy_params;

/* input and output [byte_count], copied in ascending order: the output may begin at the
 * input or before it. */
void ef_copy(const ef_copy_params *params, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
