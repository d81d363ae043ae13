/* A tensor set to one value, 8-bit elements. */
#ifndef EF_FILL_H
#define EF_FILL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    int8_t value;
} ef_fill_params;

/* output [count] */
void ef_fill_s8(const ef_fill_params *params, int8_t *output);

#ifdef __cplusplus
}
#endif

#endif
