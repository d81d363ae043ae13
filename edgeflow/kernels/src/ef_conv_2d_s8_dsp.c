#include "ef_conv_2d_s8_dsp.h"

#include "ef_dsp.h"
#include "ef_expand_windows_dsp.h"
#include "ef_limit_dsp.h"
#include "ef_tile_dsp.h"

void ef_conv_2d_s8_dsp(
    const ef_conv_2d_dsp_params *params, const int8_t *input, const int8_t *weights, void *scratch, int8_t *output)
{
    const ef_conv_2d_dsp_params *p = params;
    const int32_t row_fours = (p->kernel_w * p->input_c + 3) / 4;
    uint32_t *const windows = (uint32_t *)scratch;
    ef_tile_job job = {
        .weights = weights,
        .output = output,
        .channels = p->output_c,
        .positions = windows,
        .fours = p->kernel_h * row_fours,
        .signs = p->signs,
    };
    ef_conv_image image = {
        .params = p,
        .input = input,
        .row = (int8_t *)(windows + job.fours * EF_TILE_FOUR_WORDS),
        .row_fours = row_fours,
        .line_step = p->dilation_h * p->input_w * p->input_c,
        .end_x = p->output_w * p->stride_w - p->pad_left,
    };
    image.padding[0] = ef_pair(p->input_zero_point, p->input_zero_point);
    image.padding[1] = ef_mixed_bytes((image.padding[0] & 0x00FF00FFu) * 0x0101u);

    for (int32_t n = 0; n < p->batches; n++) {
        int32_t count = EF_TILE_POSITIONS;
        image.y = -p->pad_top - p->stride_h;
        image.x = image.end_x;
        job.second = p->output_c;
        job.third = 2 * p->output_c;
        for (int32_t left = p->output_h * p->output_w; left > 0; left -= count) {
            if (left < count) {
                count = left;
                job.second = left > 1 ? p->output_c : 0;
                job.third = job.second;
            }
            ef_expand_windows_dsp(&image, windows, count);
            ef_tile_dsp(&job);
            job.output += count * p->output_c;
        }
        image.input += p->input_h * p->input_w * p->input_c;
    }
    ef_limit_dsp(output, (int32_t)(job.output - output), p->activation_min, p->activation_max);
}
