#include "ef_pack_scalar.h"

void ef_pack_scalar(uint32_t *words, const int8_t *const from[4], int32_t count, uint32_t *starts)
{
    uint32_t sums[3] = {0, 0, 0};
    const int8_t *const first = from[0];
    const int8_t *const second = from[1];
    const int8_t *const third = from[2];
    const int8_t *const fourth = from[3];

    for (int32_t i = 0; i < count; i++) {
        const uint32_t shared = (uint32_t)(int32_t)second[i] << 8;
        const uint32_t a = (uint32_t)(int32_t)first[i] + (shared << 16);
        const uint32_t b = (uint32_t)(int32_t)third[i] + (shared << 8);
        const uint32_t c = (uint32_t)(int32_t)fourth[i] + shared;
        words[0] = a;
        words[1] = b;
        words[2] = c;
        sums[0] += a;
        sums[1] += b;
        sums[2] += c;
        words += 3;
    }
    for (int32_t i = 0; i < 3; i++) {
        starts[i] -= sums[i] << 7;
    }
}
