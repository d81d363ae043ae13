/* A tensor set to one value, 8-bit or 16-bit elements. */
#ifndef EF_FILL_H
#define EF_FILL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t count;
    int16_t value; /* of ef_fill_s8 within int8 */
} ef_fill_params;

/* output [count] */
void ef_fill_s8(const ef_fill_params *params, int8_t *output);
void ef_fill_s16(const ef_fill_params *params, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
