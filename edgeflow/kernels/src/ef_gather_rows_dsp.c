#include "ef_gather_rows_dsp.h"

/* One row of one channel: padding, the elements, padding. */
static void gather_row(const ef_depthwise_conv_2d_dsp_params *p, int16_t *row, const int8_t *input)
{
    const int16_t zero = (int16_t)p->input_zero_point;
    const int32_t step = p->input_c;
    const int16_t *const end = row + p->row_size;
    const int32_t room = p->row_size - p->pad_left;
    int32_t left = p->input_w < room ? p->input_w : room;

    for (int32_t i = 0; i < p->pad_left; i++) {
        *row++ = zero;
    }
    for (; left >= 4; left -= 4) {
        const int16_t first = input[0];
        const int16_t second = input[step];
        const int16_t third = input[2 * step];
        const int16_t fourth = input[3 * step];
        row[0] = first;
        row[1] = second;
        row[2] = third;
        row[3] = fourth;
        row += 4;
        input += 4 * step;
    }
    for (; left > 0; left--) {
        *row++ = *input;
        input += step;
    }
    while (row < end) {
        *row++ = zero;
    }
}

void ef_gather_rows_dsp(
    const ef_depthwise_conv_2d_dsp_params *params, int16_t *rows, const int8_t *input, int32_t y, int32_t count)
{
    const ef_depthwise_conv_2d_dsp_params *p = params;

    for (int32_t line = y; line < y + count; line++) {
        if (line >= 0 && line < p->input_h) {
            gather_row(p, rows, input + line * p->input_w * p->input_c);
        } else {
            for (int32_t i = 0; i < p->row_size; i++) {
                rows[i] = (int16_t)p->input_zero_point;
            }
        }
        rows += p->row_size;
    }
}
