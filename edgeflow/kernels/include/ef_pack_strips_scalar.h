/* A line of three strips as packed words: the inner loop of ef_gather_strips_scalar.h. */
#ifndef EF_PACK_STRIPS_SCALAR_H
#define EF_PACK_STRIPS_SCALAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads these fields by their places: words in this order. */
typedef struct {
    const int8_t *from[3];
    int32_t steps[3]; /* bytes from an element to the next; 0 repeats one */
    uint32_t *words;
    const uint32_t *end;
} ef_pack_job;

/* Fills words .. end with x0 + x1 * 2^21 and x2 + x1 * 2^10, at least one of each. */
void ef_pack_strips_scalar(const ef_pack_job *job);

#ifdef __cplusplus
}
#endif

#endif
