#include "ef_copy.h"

void ef_copy(const int8_t *input, int8_t *output)
{
    for (int i = 0; i < 8; ++i) {
        output[i] = input[i];
    }
}
