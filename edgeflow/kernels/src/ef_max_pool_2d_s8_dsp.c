#include "ef_pool_2d.h"

#include "ef_dsp.h"
#include "ef_limit_dsp.h"
#include "ef_window.h"

#define SMALLEST_BYTES 0x80808080u

/* One output position; `input` points at the first element of the window, channel 0. */
static void max_window(
    const ef_pool_2d_params *p, ef_window rows, ef_window columns, const int8_t *input, int8_t *output)
{
    const int32_t step = p->channels;

    for (int32_t c = 0; c < step; c += 4) {
        /* The last group ends with the last channel; those that it has twice are not written again. */
        const int32_t first = c + 4 <= step ? c : step - 4;
        const int8_t *row = input + first;
        uint32_t found = SMALLEST_BYTES;
        for (int32_t ky = rows.begin; ky < rows.end; ky++) {
            const int8_t *position = row;
            for (int32_t kx = columns.begin; kx < columns.end; kx++) {
                found = ef_larger_bytes(found, ef_load_word(position));
                position += step;
            }
            row += p->input_w * step;
        }
        if (first == c) {
            ef_store_word(output + c, found);
            continue;
        }
        for (int32_t i = c - first; i < 4; i++) {
            output[first + i] = (int8_t)(uint8_t)(found >> (8 * i));
        }
    }
}

void ef_max_pool_2d_s8_dsp(const ef_pool_2d_params *params, const int8_t *input, int8_t *output)
{
    const ef_pool_2d_params *p = params;
    const int32_t count = p->batches * p->output_h * p->output_w * p->channels;

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t oy = 0; oy < p->output_h; oy++) {
            const int32_t y = oy * p->stride_h - p->pad_top;
            const ef_window rows = ef_clip_neighbours(y, p->kernel_h, p->input_h);
            for (int32_t ox = 0; ox < p->output_w; ox++) {
                const int32_t x = ox * p->stride_w - p->pad_left;
                const ef_window columns = ef_clip_neighbours(x, p->kernel_w, p->input_w);
                const int32_t first = (y + rows.begin) * p->input_w + x + columns.begin;
                max_window(p, rows, columns, input + first * p->channels, output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
    ef_limit_dsp(output - count, count, p->activation_min, p->activation_max);
}
