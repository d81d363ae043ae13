#include "ef_gather_pairs_dsp.h"

#include "ef_dsp.h"

/* `count` pairs of padding, `step` words apart. */
static void pad_pairs(uint32_t *to, int32_t step, int32_t count, uint32_t padding)
{
    for (; count > 0; count--) {
        *to = padding;
        to += step;
    }
}

/* One line of one channel as pairs, `step` words apart: padding, elements, padding. */
static void gather_line(
    const ef_depthwise_3x3_dsp_params *p, uint32_t *to, int32_t step, const int8_t *input)
{
    const int32_t at = p->input_step;
    int32_t left = p->input_length - p->pad;
    int32_t room = p->pairs - p->pad;
    int32_t whole;

    if (p->pad > 0) {
        *to = ef_pair(p->zero_point, input[0]);
        to += step;
        input += at;
    }
    whole = left / 2 < room ? left / 2 : room;
    room -= whole;
    left -= 2 * whole;
    for (; whole > 0; whole--) {
        *to = ef_pair(input[0], input[at]);
        to += step;
        input += 2 * at;
    }
    if (left > 0 && room > 0) {
        *to = ef_pair(input[0], p->zero_point);
        to += step;
        room--;
    }
    pad_pairs(to, step, room, ef_pair(p->zero_point, p->zero_point));
}

void ef_gather_pairs_dsp(
    const ef_depthwise_3x3_dsp_params *params,
    uint32_t *pairs,
    const int8_t *input,
    int32_t first,
    int32_t count)
{
    const ef_depthwise_3x3_dsp_params *p = params;

    for (int32_t line = first; line < first + count; line++) {
        if (line >= 0 && line < p->input_lines) {
            gather_line(p, pairs, count, input + line * p->input_line_step);
        } else {
            pad_pairs(pairs, count, p->pairs, ef_pair(p->zero_point, p->zero_point));
        }
        pairs++;
    }
}
