#include "ef_expand_dsp.h"

#include "ef_dsp.h"

void ef_expand_dsp(uint32_t *to, const int8_t *from, int32_t fours, int32_t step)
{
    for (; fours > 0; fours--) {
        const uint32_t word = ef_load_word(from);
        to[0] = ef_odd_bytes(word);
        to[step / 2] = ef_mixed_bytes(word);
        from += 4;
        to += step;
    }
}
