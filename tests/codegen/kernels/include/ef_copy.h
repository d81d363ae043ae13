#ifndef EF_COPY_H
#define EF_COPY_H

#include <stdint.h>

void ef_copy(const int8_t *input, int8_t *output);

#endif
