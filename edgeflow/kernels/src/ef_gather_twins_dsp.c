#include "ef_gather_twins_dsp.h"

#include "ef_dsp.h"

/* Two channels at two places, the first one's bytes in the low half, as a pair of each channel. */
static inline void put(uint32_t *to, int32_t plane, uint32_t word)
{
    to[0] = ef_even_bytes(word);
    to[plane] = ef_odd_bytes(word);
}

void ef_gather_twins_dsp(
    const ef_depthwise_3x3_dsp_params *params, const ef_gather_block *block, uint32_t *pairs, const int8_t *input)
{
    const int32_t step = params->input_step;
    const int32_t line_step = params->input_line_step;
    const int32_t plane = block->plane;
    const uint32_t zeros = (uint32_t)(params->zero_point & 0xFF) * 0x0101u;
    const int32_t lines = block->lines;
    const int8_t *from = input + block->first;
    const int8_t *in = from;
    uint32_t *to = pairs + block->top;
    const uint32_t *end = to + block->rows;

    if (params->pad != 0) {
        for (uint32_t *at = to; at != end; in += line_step) {
            put(at++, plane, ef_pair((int32_t)zeros, (int32_t)ef_load_half(in)));
        }
        from += step;
        to += lines;
        end += lines;
    }
    for (int32_t left = params->whole_pairs; left > 0; left--) {
        in = from;
        for (uint32_t *at = to; at != end; in += line_step) {
            put(at++, plane, ef_pair((int32_t)ef_load_half(in), (int32_t)ef_load_half(in + step)));
        }
        from += 2 * step;
        to += lines;
        end += lines;
    }
    if (params->half_pairs != 0) {
        for (; to != end; from += line_step) {
            put(to++, plane, ef_pair((int32_t)ef_load_half(from), (int32_t)zeros));
        }
    }
}
