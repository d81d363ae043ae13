/* Elements in another type: CAST, which knows no scales. */
#ifndef EF_CAST_H
#define EF_CAST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The types by number; bool is a byte of 0 or 1. */
#define EF_CAST_BOOL 0
#define EF_CAST_U8 1
#define EF_CAST_S8 2
#define EF_CAST_S16 3
#define EF_CAST_S32 4
#define EF_CAST_F32 5

typedef struct {
    int32_t count;
    int32_t input_type;
    int32_t output_type;
} ef_cast_params;

/* input and output [count] of those types, in ascending order, each element read before it is written. An
 * integer too large for its new type loses its upper bits; a float loses its fraction, is limited to int32
 * (NaN to its lower end) and then made an integer of the type. */
void ef_cast(const ef_cast_params *params, const void *input, void *output);

#ifdef __cplusplus
}
#endif

#endif
