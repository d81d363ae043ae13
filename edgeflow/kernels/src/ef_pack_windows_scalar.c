#include "ef_pack_windows_scalar.h"

#include "ef_pack_scalar.h"
#include "ef_sums_scalar.h"
#include "ef_window.h"

/* Where a row of taps lies: in the image, or in `cut`, filled up with the zero point. */
static const int8_t *row_of_taps(
    const ef_conv_2d_scalar_params *p, const int8_t *image, ef_window_place at, int32_t ky, int8_t *cut)
{
    const int32_t line = at.y + ky * p->dilation_h;
    const ef_window columns = ef_clip_window(at.x, p->kernel_w, 1, p->input_w);
    const int32_t begin = columns.begin * p->input_c;
    const int32_t end = columns.end * p->input_c;
    const int inside = line >= 0 && line < p->input_h && end > begin;
    const int8_t *const from = image + (line * p->input_w + at.x) * p->input_c;

    if (inside && columns.end - columns.begin == p->kernel_w) {
        return from;
    }
    for (int32_t i = 0; i < p->kernel_w * p->input_c; i++) {
        cut[i] = inside && i >= begin && i < end ? from[i] : (int8_t)p->input_zero_point;
    }
    return cut;
}

void ef_pack_windows_scalar(
    const ef_conv_2d_scalar_params *params,
    const int8_t *image,
    const ef_window_place at[4],
    uint32_t *words,
    uint32_t *starts)
{
    const ef_conv_2d_scalar_params *const p = params;
    const int32_t row = p->kernel_w * p->input_c;
    const int32_t taps = (p->kernel_h * row + 3) / 4 * 4;
    int8_t *const cut = (int8_t *)(words + EF_WORDS_PER_TAP * taps);
    const int8_t *from[EF_POSITIONS];

    for (int32_t ky = 0; ky < p->kernel_h; ky++) {
        for (int32_t i = 0; i < EF_POSITIONS; i++) {
            from[i] = row_of_taps(p, image, at[i], ky, cut + i * row);
        }
        ef_pack_scalar(words, from, row, starts);
        words += 3 * row;
    }
    for (int32_t i = 0; i < EF_WORDS_PER_TAP * (taps - p->kernel_h * row); i++) {
        *words++ = 0;
    }
}
