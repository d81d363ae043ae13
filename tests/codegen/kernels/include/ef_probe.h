/* A kernel for tests of the generator: it takes every kind of argument and parameter. */
#ifndef EF_PROBE_H
#define EF_PROBE_H

#include <stdint.h>

#include "ef_probe_types.h"

/* output[i] = input[i] + weights[i] + bias[i] (0 when null) + offset + table[i % table_length],
 * held in limits; the sum passes through scratch [count]. */
void ef_probe_int8(const ef_probe_params *params, const int8_t *input, const int8_t *weights,
                   const int32_t *bias, int32_t *scratch, int8_t *output);

#endif
