#include "ef_gather_strips_scalar.h"

#include "ef_pack_strips_scalar.h"

/* `count` places of padding; returns the end. */
static uint32_t *pad_places(uint32_t *words, int32_t count, uint32_t zero)
{
    const uint32_t shared = zero << EF_MIDDLE_SHIFT;
    const uint32_t first = zero + (shared << (EF_LOW_SUM_BITS - EF_MIDDLE_SHIFT));

    for (; count > 0; count--) {
        words[0] = first;
        words[1] = zero + shared;
        words += EF_WORDS_PER_PLACE;
    }
    return words;
}

void ef_gather_strips_scalar(
    const ef_depthwise_3x3_scalar_params *params,
    uint32_t *words,
    const int8_t *input,
    const int32_t first[EF_STRIPS],
    int32_t count)
{
    const ef_depthwise_3x3_scalar_params *p = params;
    const int8_t padding = (int8_t)p->zero_point;
    const int32_t room = p->columns - p->pad;
    const int32_t whole = p->input_length < room ? p->input_length : room;

    for (int32_t line = 0; line < count; line++) {
        ef_pack_job job;
        for (int32_t i = 0; i < EF_STRIPS; i++) {
            const int32_t y = first[i] + line;
            const int inside = y >= 0 && y < p->input_lines;
            job.from[i] = inside ? input + y * p->input_line_step : &padding;
            job.steps[i] = inside ? p->input_step : 0;
        }
        job.words = pad_places(words, p->pad, (uint32_t)p->zero_point);
        job.end = job.words + whole * EF_WORDS_PER_PLACE;
        ef_pack_strips_scalar(&job);
        words = pad_places(job.words + whole * EF_WORDS_PER_PLACE, room - whole, (uint32_t)p->zero_point);
    }
}
