#include "ef_conv_2d_scalar.h"

#include "ef_channel_scalar.h"
#include "ef_output_scalar.h"
#include "ef_pack_windows_scalar.h"
#include "ef_sums_four_scalar.h"
#include "ef_sums_scalar.h"

/* One channel of `count` positions. */
static void write_channel(
    const ef_conv_2d_scalar_params *p, const int32_t *channel, uint32_t sums[3], int8_t *output, int32_t count)
{
    int32_t values[EF_POSITIONS];

    ef_unpack_sums(sums, values);
    if (p->rounds_once != 0) {
        const ef_output_channel packed = ef_unpack_channel(channel);
        for (int32_t i = 0; i < count; i++) {
            *output = ef_output_of_sum(&packed, values[i]);
            output += p->output_c;
        }
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        *output = ef_channel_limited(channel, values[i], p->activation_min, p->activation_max);
        output += p->output_c;
    }
}

/* All channels of `count` positions. */
static void multiply(
    const ef_conv_2d_scalar_params *p,
    const uint32_t *words,
    const uint32_t starts[3],
    const uint8_t *weights,
    const int32_t *channels,
    int8_t *output,
    int32_t count)
{
    const int32_t taps = (p->kernel_h * p->kernel_w * p->input_c + 3) / 4 * 4;
    int32_t left = p->output_c;

#if EF_CHANNELS_AT_ONCE > 1
    for (; left >= EF_CHANNELS_AT_ONCE; left -= EF_CHANNELS_AT_ONCE) {
        uint32_t sums[EF_CHANNELS_AT_ONCE][EF_WORDS_PER_TAP];
        for (int32_t i = 0; i < EF_CHANNELS_AT_ONCE; i++) {
            sums[i][0] = starts[0];
            sums[i][1] = starts[1];
            sums[i][2] = starts[2];
        }
        ef_sums_four_scalar(words, weights, taps, sums[0]);
        weights += EF_CHANNELS_AT_ONCE * taps;
        for (int32_t i = 0; i < EF_CHANNELS_AT_ONCE; i++) {
            write_channel(p, channels, sums[i], output, count);
            channels += EF_CHANNEL_SIZE;
            output++;
        }
    }
#endif
    for (; left > 0; left--) {
        uint32_t sums[EF_WORDS_PER_TAP] = {starts[0], starts[1], starts[2]};
        ef_sums_scalar(words, weights, taps, sums);
        write_channel(p, channels, sums, output, count);
        weights += taps;
        channels += EF_CHANNEL_SIZE;
        output++;
    }
}

void ef_conv_2d_s8_scalar(
    const ef_conv_2d_scalar_params *params,
    const int8_t *input,
    const uint8_t *weights,
    const int32_t *channels,
    void *scratch,
    int8_t *output)
{
    const ef_conv_2d_scalar_params *p = params;
    uint32_t *const words = (uint32_t *)scratch;
    const int32_t end = p->output_w * p->stride_w - p->pad_left;

    for (int32_t n = 0; n < p->batches; n++) {
        ef_window_place place = {-p->pad_top, -p->pad_left};
        for (int32_t left = p->output_h * p->output_w; left > 0; left -= EF_POSITIONS) {
            const int32_t count = left < EF_POSITIONS ? left : EF_POSITIONS;
            ef_window_place at[EF_POSITIONS];
            uint32_t starts[EF_WORDS_PER_TAP] = {0, 0, 0};
            for (int32_t i = 0; i < EF_POSITIONS; i++) {
                at[i] = place; /* what is missing repeats the last and is not written */
                if (left > i + 1) {
                    place.x += p->stride_w;
                }
                if (place.x >= end) {
                    place.x = -p->pad_left;
                    place.y += p->stride_h;
                }
            }
            ef_pack_windows_scalar(p, input, at, words, starts);
            multiply(p, words, starts, weights, channels, output, count);
            output += count * p->output_c;
        }
        input += p->input_h * p->input_w * p->input_c;
    }
}
