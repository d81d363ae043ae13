#include "ef_conv_2d_mve.h"

#include "ef_bytes_mve.h"
#include "ef_positions_mve.h"
#include "ef_window.h"

/* The taps of the window whose first one lies at line y and column x of the image. */
static void gather_window(const ef_conv_2d_mve_params *p, int8_t *to, const int8_t *image, int32_t y, int32_t x)
{
    const ef_window rows = ef_clip_window(y, p->kernel_h, p->dilation_h, p->input_h);
    const ef_window columns = ef_clip_window(x, p->kernel_w, 1, p->input_w);
    const int32_t row = p->kernel_w * p->input_c;
    const int32_t line = p->dilation_h * p->input_w * p->input_c;
    const int32_t before = columns.begin * p->input_c;
    const int32_t inside = (columns.end - columns.begin) * p->input_c;
    const int32_t behind = row - before - inside;
    const int8_t *from = image + ((y + rows.begin * p->dilation_h) * p->input_w + x) * p->input_c + before;

    if (inside <= 0) {
        (void)ef_fill_bytes(to, p->input_zero_point, p->kernel_h * row);
        return;
    }
    to = ef_fill_bytes(to, p->input_zero_point, rows.begin * row);
    for (int32_t ky = rows.begin; ky < rows.end; ky++) {
        if (before > 0) {
            to = ef_fill_bytes(to, p->input_zero_point, before);
        }
        to = ef_copy_bytes(to, from, inside);
        if (behind > 0) {
            to = ef_fill_bytes(to, p->input_zero_point, behind);
        }
        from += line;
    }
    (void)ef_fill_bytes(to, p->input_zero_point, (p->kernel_h - rows.end) * row);
}

void ef_conv_2d_s8_mve(
    const ef_conv_2d_mve_params *params,
    const int8_t *input,
    const int8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const ef_conv_2d_mve_params *p = params;
    ef_positions_job job = {
        .input = (const int8_t *)scratch,
        .weights = weights,
        .channels = channels,
        .output = output,
        .depth = p->kernel_h * p->kernel_w * p->input_c,
        .output_c = p->output_c,
        .activation_min = p->activation_min,
        .activation_max = p->activation_max,
    };

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t y = oy * p->stride_h - p->pad_top;
                gather_window(p, (int8_t *)scratch, input, y, ox * p->stride_w - p->pad_left);
                job.positions = 1;
                ef_positions_mve(&job);
            }
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}
