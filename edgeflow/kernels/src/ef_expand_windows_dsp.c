#include "ef_expand_windows_dsp.h"

#include "ef_expand_dsp.h"
#include "ef_expand_three_dsp.h"
#include "ef_tile_dsp.h"
#include "ef_window.h"

/* `fours` groups of padding of one position. */
static uint32_t *pad(uint32_t *to, const uint32_t expanded[2], int32_t fours)
{
    for (; fours > 0; fours--) {
        to[0] = expanded[0];
        to[EF_TILE_POSITIONS] = expanded[1];
        to += EF_TILE_FOUR_WORDS;
    }
    return to;
}

/* One row of taps that padding or the image's end cuts, by way of bytes. */
static void expand_cut_row(const ef_conv_image *image, uint32_t *to, const int8_t *from, ef_window columns)
{
    const int32_t channels = image->params->input_c;

    for (int32_t i = 0; i < image->row_fours * 4; i++) {
        const int inside = i >= columns.begin * channels && i < columns.end * channels;
        image->row[i] = inside ? from[i] : (int8_t)image->params->input_zero_point;
    }
    ef_expand_dsp(to, image->row, image->row_fours, EF_TILE_FOUR_WORDS);
}

/* One row of taps with whole groups of four at every column. */
static void expand_fours(const ef_conv_image *image, uint32_t *to, const int8_t *from, ef_window columns)
{
    const int32_t channels = image->params->input_c;
    const int32_t fours = (columns.end - columns.begin) * channels / 4;

    to = pad(to, image->padding, columns.begin * channels / 4);
    ef_expand_dsp(to, from + columns.begin * channels, fours, EF_TILE_FOUR_WORDS);
    to += fours * EF_TILE_FOUR_WORDS;
    (void)pad(to, image->padding, (image->params->kernel_w - columns.end) * channels / 4);
}

/* The next window, or three of them that no side cuts. */
static void expand(const ef_conv_image *image, uint32_t *to, int32_t count)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const ef_window columns = ef_clip_window(image->x, p->kernel_w, 1, p->input_w);
    const int8_t *from = image->line + image->x * p->input_c;

    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        if (ky < image->rows.begin || ky >= image->rows.end) {
            for (int32_t i = 0; i < count; i++) {
                (void)pad(to + i, image->padding, image->row_fours);
            }
        } else {
            if (count == EF_TILE_POSITIONS) {
                ef_expand_three_dsp(to, from, p->stride_w * p->input_c, image->row_fours);
            } else if (p->input_c % 4 == 0) {
                expand_fours(image, to, from, columns);
            } else {
                expand_cut_row(image, to, from, columns);
            }
            from += p->dilation_h * p->input_w * p->input_c;
        }
        to += image->row_fours * EF_TILE_FOUR_WORDS;
    }
}

/* What the windows of the next line have in common. */
static void begin_line(ef_conv_image *image)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const int32_t y = image->y + p->stride_h;
    const ef_window rows = ef_clip_window(y, p->kernel_h, p->dilation_h, p->input_h);

    image->rows = rows;
    image->line = image->input + (y + rows.begin * p->dilation_h) * p->input_w * p->input_c;
    image->y = y;
    image->x = -p->pad_left;
    image->last_x = p->input_w - p->kernel_w - (EF_TILE_POSITIONS - 1) * p->stride_w;
    /* Four bytes at a time, a row's last taps are read with up to three behind it, whose weights are zero. */
    if (y + (rows.end - 1) * p->dilation_h == p->input_h - 1) {
        image->last_x -= image->row_fours * 4 - p->kernel_w * p->input_c;
    }
}

void ef_expand_windows_dsp(ef_conv_image *image, uint32_t *to, int32_t count)
{
    const ef_conv_2d_dsp_params *const p = image->params;

    while (count > 0) {
        int32_t done = 1;
        if (image->x >= p->output_w * p->stride_w - p->pad_left) {
            begin_line(image);
        }
        if (count == EF_TILE_POSITIONS && image->x >= 0 && image->x <= image->last_x) {
            done = EF_TILE_POSITIONS;
        }
        expand(image, to, done);
        count -= done;
        to += done;
        image->x += done * p->stride_w;
    }
}
