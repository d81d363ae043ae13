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

/* One row of taps that padding or the image's end cuts, with whole groups of four at every column. */
static void expand_cut_fours(const ef_conv_image *image, uint32_t *to, const int8_t *from, ef_window columns)
{
    const int32_t channels = image->params->input_c;
    const int32_t bytes = (columns.end - columns.begin) * channels;

    to = pad(to, image->padding, columns.begin * channels / 4);
    ef_expand_dsp(to, from + columns.begin * channels, bytes / 4, WORDS_PER_FOUR);
    to += bytes;
    (void)pad(to, image->padding, (image->params->kernel_w - columns.end) * channels / 4);
}

/* The same with any number of channels, by way of bytes. */
static void expand_cut_row(const ef_conv_image *image, uint32_t *to, const int8_t *from, ef_window columns)
{
    const int32_t channels = image->params->input_c;
    const int32_t end = columns.end * channels;
    int32_t i = 0;

    while (i < columns.begin * channels) {
        image->row[i++] = (int8_t)image->params->input_zero_point;
    }
    for (; i < end; i++) {
        image->row[i] = from[i];
    }
    while (i < image->row_fours * 4) {
        image->row[i++] = (int8_t)image->params->input_zero_point;
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

    if (columns.end <= columns.begin) {
        (void)pad(to, image->padding, image->row_fours * p->kernel_h);
        return;
    }
    to = pad(to, image->padding, image->row_fours * rows.begin);
    for (int32_t ky = rows.begin; ky < rows.end; ky++) {
        if (whole && image->end - from >= image->row_fours * 4) {
            ef_expand_dsp(to, from, image->row_fours, WORDS_PER_FOUR); /* behind the row the weights are zero */
        } else if (p->input_c % 4 == 0) {
            expand_cut_fours(image, to, from, columns);
        } else {
            expand_cut_row(image, to, from, columns);
        }
        to += image->row_fours * WORDS_PER_FOUR;
        from += image->line_step;
    }
    (void)pad(to, image->padding, image->row_fours * (p->kernel_h - rows.end));
}
