#ifndef EF_TINY_H
#define EF_TINY_H

#include <stdint.h>

#define EF_TINY_SPINS 1000

void ef_tiny_add(const int8_t *input, int8_t *output, int count);
void ef_tiny_spin(void);
void ef_tiny_fully_connected(const int8_t *input, const int8_t *weights, const int32_t *bias, int8_t *output);

#endif
