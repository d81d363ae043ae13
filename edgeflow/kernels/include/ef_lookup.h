/* A function of one int8 element, as a table of its 256 values. */
#ifndef EF_LOOKUP_H
#define EF_LOOKUP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
} ef_lookup_params;

/* input and output [count], table [256] from input -128 to 127; the output may begin at the input
 * or before it. */
void ef_lookup_s8(const ef_lookup_params *params, const int8_t *input, const int8_t *table, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
