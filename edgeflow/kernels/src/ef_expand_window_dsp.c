#include "ef_expand_window_dsp.h"

#include "ef_expand_dsp.h"
#include "ef_window.h"

#define WORDS_PER_FOUR 4 /* of both positions */

/* `fours` groups of padding. */
static uint32_t *pad(uint32_t *to, const uint32_t expanded[2], int32_t fours)
{
    for (; fours > 0; fours--) {
        to[0] = expanded[0];
        to[1] = expanded[1];
        to += WORDS_PER_FOUR;
    }
    return to;
}

/* One row of taps that padding or the image's end cuts, by way of bytes. */
static void expand_cut_row(const ef_conv_image *image, uint32_t *to, const int8_t *from, ef_window columns)
{
    const int32_t channels = image->params->input_c;
    const int32_t begin = columns.begin * channels;
    const int32_t end = columns.end * channels;

    for (int32_t i = 0; i < image->row_fours * 4; i++) {
        const int inside = i >= begin && i < end;
        image->row[i] = inside ? from[i] : (int8_t)image->params->input_zero_point;
    }
    ef_expand_dsp(to, image->row, image->row_fours, WORDS_PER_FOUR);
}

void ef_expand_window_dsp(const ef_conv_image *image, uint32_t *to, int32_t y, int32_t x)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const ef_window rows = ef_clip_window(y, p->kernel_h, p->dilation_h, p->input_h);
    const ef_window columns = ef_clip_window(x, p->kernel_w, 1, p->input_w);
    const int whole = columns.end - columns.begin == p->kernel_w;
    const int32_t first = (y + rows.begin * p->dilation_h) * p->input_w + x;
    const int8_t *from = image->input + first * p->input_c;
    const int8_t *const last = image->end - image->row_fours * 4;

    if (columns.end <= columns.begin) {
        (void)pad(to, image->padding, image->row_fours * p->kernel_h);
        return;
    }
    to = pad(to, image->padding, image->row_fours * rows.begin);
    for (int32_t ky = rows.begin; ky < rows.end; ky++) {
        if (whole && from <= last) {
            ef_expand_dsp(to, from, image->row_fours, WORDS_PER_FOUR); /* behind the row the weights are zero */
        } else {
            expand_cut_row(image, to, from, columns);
        }
        to += image->row_fours * WORDS_PER_FOUR;
        from += image->line_step;
    }
    (void)pad(to, image->padding, image->row_fours * (p->kernel_h - rows.end));
}
