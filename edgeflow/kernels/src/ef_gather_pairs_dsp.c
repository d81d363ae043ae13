#include "ef_gather_pairs_dsp.h"

#include "ef_dsp.h"

void ef_gather_pairs_dsp(
    const ef_depthwise_3x3_dsp_params *params, const ef_gather_block *block, uint32_t *pairs, const int8_t *input)
{
    const int32_t step = params->input_step;
    const int32_t line_step = params->input_line_step;
    const int32_t lines = block->lines;
    const int32_t zero = params->zero_point;
    const int8_t *from = input + block->first;
    const int8_t *in = from;
    uint32_t *to = pairs + block->top;
    const uint32_t *end = to + block->rows;

    if (params->pad != 0) {
        for (uint32_t *at = to; at != end; in += line_step) {
            *at++ = ef_pair(zero, *in);
        }
        from += step;
        to += lines;
        end += lines;
    }
    for (int32_t left = params->whole_pairs; left > 0; left--) {
        in = from;
        for (uint32_t *at = to; at != end; in += line_step) {
            *at++ = ef_pair(in[0], in[step]);
        }
        from += 2 * step;
        to += lines;
        end += lines;
    }
    if (params->half_pairs != 0) {
        for (; to != end; from += line_step) {
            *to++ = ef_pair(*from, zero);
        }
    }
}
