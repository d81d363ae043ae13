#include "ef_resize_bilinear.h"

/* The two input indices that an output index lies between, and the weight of the second in 1/1024. */
typedef struct {
    int32_t lower;
    int32_t upper;
    int32_t weight;
} neighbours_s16;

static neighbours_s16 neighbours_of(int32_t place, int32_t size)
{
    neighbours_s16 n = {place / 1024, (place + 1023) / 1024, 0};
    if (n.lower < 0) {
        n.lower = 0;
    }
    if (n.lower > size - 1) {
        n.lower = size - 1;
    }
    if (n.upper > size - 1) {
        n.upper = size - 1;
    }
    n.weight = place - n.lower * 1024;
    return n;
}

/* One output position, all channels. */
static void blend(
    const ef_resize_bilinear_params *p, const int16_t *input, neighbours_s16 y, neighbours_s16 x, int16_t *output)
{
    const int32_t row = p->input_w * p->channels;
    const int16_t *upper_row = input + y.lower * row;
    const int16_t *lower_row = input + y.upper * row;
    const int32_t left = x.lower * p->channels;
    const int32_t right = x.upper * p->channels;

    for (int32_t c = 0; c < p->channels; c++) {
        const int32_t top = upper_row[left + c] * (1024 - x.weight) + upper_row[right + c] * x.weight;
        const int32_t bottom = lower_row[left + c] * (1024 - x.weight) + lower_row[right + c] * x.weight;
        /* By parts of 32 bits, because not every core multiplies to 64. */
        const int32_t high = (top >> 10) * (1024 - y.weight) + (bottom >> 10) * y.weight;
        const int32_t low = (top & 1023) * (1024 - y.weight) + (bottom & 1023) * y.weight;
        const int64_t sum = (int64_t)high * 1024 + low;
        const int64_t half = (int64_t)1 << 19; /* halves away from zero, without a 64-bit division */
        output[c] = (int16_t)(sum > 0 ? (sum + half) >> 20 : -((half - sum) >> 20));
    }
}

void ef_resize_bilinear_s16(const ef_resize_bilinear_params *params, const int16_t *input, int16_t *output)
{
    const ef_resize_bilinear_params *p = params;

    for (int32_t n = 0; n < p->batches; n++) {
        for (int32_t i = 0; i < p->output_h; i++) {
            const neighbours_s16 y = neighbours_of(i * p->step_h + p->first_h, p->input_h);
            for (int32_t j = 0; j < p->output_w; j++) {
                blend(p, input, y, neighbours_of(j * p->step_w + p->first_w, p->input_w), output);
                output += p->channels;
            }
        }
        input += p->input_h * p->input_w * p->channels;
    }
}
