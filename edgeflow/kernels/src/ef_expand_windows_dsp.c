#include "ef_expand_windows_dsp.h"

#include "ef_expand_dsp.h"
#include "ef_expand_three_dsp.h"
#include "ef_tile_dsp.h"

/* A column of a row of taps with whole groups of four, at `from` or in the padding. */
static void expand_column(const ef_conv_image *image, uint32_t *to, const int8_t *from, int inside)
{
    int32_t fours = image->params->input_c / 4;

    if (inside != 0) {
        ef_expand_dsp(to, from, fours, EF_TILE_FOUR_WORDS);
        return;
    }
    for (; fours > 0; fours--) {
        to[0] = image->padding[0];
        to[EF_TILE_POSITIONS] = image->padding[1];
        to += EF_TILE_FOUR_WORDS;
    }
}

/* A row of taps as bytes, of columns below `width` the image's. */
static void copy_row(const ef_conv_image *image, const int8_t *from, uint32_t width)
{
    const int32_t channels = image->params->input_c;
    const int8_t zero_point = image->params->input_zero_point;
    const int32_t end = image->x + image->params->kernel_w;
    int8_t *byte = image->row;

    for (int32_t x = image->x; x < end; x++) {
        const int8_t *const next = from + channels;
        while (from < next) {
            *byte++ = (uint32_t)x < width ? *from : zero_point;
            from++;
        }
    }
}

/* The next window, whatever cuts it; where its columns are no groups of four, by way of bytes. */
static void expand_one(const ef_conv_image *image, uint32_t *to)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const int32_t end = image->x + p->kernel_w;
    const int8_t *line = image->line + image->x * p->input_c;
    int32_t y = image->y;

    for (int32_t ky = p->kernel_h; ky > 0; ky--) {
        const uint32_t width = (uint32_t)y < (uint32_t)p->input_h ? (uint32_t)p->input_w : 0u;
        if (p->input_c % 4 == 0) {
            const int8_t *from = line;
            for (int32_t x = image->x; x < end; x++) {
                expand_column(image, to, from, (uint32_t)x < width);
                from += p->input_c;
                to += p->input_c / 4 * EF_TILE_FOUR_WORDS;
            }
        } else { /* behind the row the weights are zero */
            copy_row(image, line, width);
            ef_expand_dsp(to, image->row, image->row_fours, EF_TILE_FOUR_WORDS);
            to += image->row_fours * EF_TILE_FOUR_WORDS;
        }
        line += image->line_step;
        y += p->dilation_h;
    }
}

/* The next three windows, which are whole. */
static void expand_three(const ef_conv_image *image, uint32_t *to)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const int8_t *from = image->line + image->x * p->input_c;

    for (int32_t ky = p->kernel_h; ky > 0; ky--) {
        ef_expand_three_dsp(to, from, p->stride_w * p->input_c, image->row_fours);
        to += image->row_fours * EF_TILE_FOUR_WORDS;
        from += image->line_step;
    }
}

/* What the windows of the next line have in common. */
static void begin_line(ef_conv_image *image)
{
    const ef_conv_2d_dsp_params *const p = image->params;
    const int32_t last = image->y + p->stride_h + (p->kernel_h - 1) * p->dilation_h; /* row of taps */

    image->y += p->stride_h;
    image->line = image->input + image->y * p->input_w * p->input_c;
    image->x = -p->pad_left;
    image->last_x = p->input_w - p->kernel_w - (EF_TILE_POSITIONS - 1) * p->stride_w;
    if (image->y < 0 || last >= p->input_h) {
        image->last_x = -1;
    } else if (last == p->input_h - 1) {
        /* Four bytes at a time, up to three behind a row of taps are read, too; their weights are zero. */
        image->last_x -= image->row_fours * 4 - p->kernel_w * p->input_c;
    } else {
        /* All rows of taps have another behind them. */
    }
}

void ef_expand_windows_dsp(ef_conv_image *image, uint32_t *to, int32_t count)
{
    const ef_conv_2d_dsp_params *const p = image->params;

    for (; count > 0; count--) {
        if (image->x >= image->end_x) {
            begin_line(image);
        }
        if (count == EF_TILE_POSITIONS && image->x >= 0 && image->x <= image->last_x) {
            expand_three(image, to);
            image->x += EF_TILE_POSITIONS * p->stride_w;
            return;
        }
        expand_one(image, to);
        to++;
        image->x += p->stride_w;
    }
}
