#include "ef_gather_pairs_dsp.h"

#include "ef_dsp.h"

/* One line of one channel as pairs, `step` words apart: padding, elements, padding. */
static void gather_line(
    const ef_depthwise_3x3_dsp_params *p, uint32_t *to, int32_t step, const int8_t *input)
{
    const int32_t at = p->input_step;
    int32_t left = p->input_length;
    int32_t room = p->pairs;

    if (p->pad > 0) {
        *to = ef_pair(p->zero_point, input[0]);
        to += step;
        input += at;
        left--;
        room--;
    }
    for (; left >= 2 && room > 0; left -= 2) {
        *to = ef_pair(input[0], input[at]);
        to += step;
        input += 2 * at;
        room--;
    }
    if (left > 0 && room > 0) {
        *to = ef_pair(input[0], p->zero_point);
        to += step;
        room--;
    }
    for (; room > 0; room--) {
        *to = ef_pair(p->zero_point, p->zero_point);
        to += step;
    }
}

void ef_gather_pairs_dsp(
    const ef_depthwise_3x3_dsp_params *params,
    uint32_t *pairs,
    const int8_t *input,
    int32_t first,
    int32_t count)
{
    const ef_depthwise_3x3_dsp_params *p = params;

    for (int32_t i = 0; i < count; i++) {
        const int32_t line = first + i;
        if (line >= 0 && line < p->input_lines) {
            gather_line(p, pairs + i, count, input + line * p->input_line_step);
        } else {
            for (int32_t pair = 0; pair < p->pairs; pair++) {
                pairs[pair * count + i] = ef_pair(p->zero_point, p->zero_point);
            }
        }
    }
}
