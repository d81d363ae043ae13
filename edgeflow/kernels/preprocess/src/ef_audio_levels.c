#include "ef_audio.h"
#include "ef_audio_arithmetic.h"

/* What the lines of an interval add to the band that rises there and to the one that falls. */
typedef struct {
    uint64_t rising;
    uint64_t falling;
    int32_t shift;
} sums;

/* Of amplitudes shifted to 31 bits: a quiet interval keeps its precision beside a loud one. */
static sums of_interval(const int32_t *line, const uint16_t *rise, int32_t count)
{
    sums result = {0, 0, 31};
    int32_t all_bits = 0;
    uint64_t whole = 0;

    for (int32_t i = 0; i < 2 * count; i++) {
        all_bits |= line[i];
    }
    result.shift -= ef_audio_bits((uint32_t)all_bits);
    for (int32_t i = 0; i < count; i++) {
        const int32_t re = (int32_t)((uint32_t)line[2 * i] << result.shift);
        const int32_t im = (int32_t)((uint32_t)line[2 * i + 1] << result.shift);
        const uint32_t power = (uint32_t)(ef_audio_high(re, re) + ef_audio_high(im, im));
        result.rising += ef_audio_weighted(power, rise[i]);
        whole += power;
    }
    result.falling = (whole << 15) - result.rising;
    return result;
}

void ef_audio_levels(const ef_audio_params *params, const int32_t *work, int32_t shift, int16_t *levels)
{
    const uint16_t *edges = params->edges;
    sums below = of_interval(work + 2 * edges[0], params->rise, edges[1] - edges[0]);

    for (int32_t band = 0; band < params->mel_bands; band++) {
        const int32_t first = edges[band + 1];
        const sums above = of_interval(work + 2 * first, params->rise + (first - edges[0]),
                                       edges[band + 2] - first);
        const int32_t least = below.shift < above.shift ? below.shift : above.shift;
        const uint64_t energy = (below.rising >> (2 * (below.shift - least))) +
                                (above.falling >> (2 * (above.shift - least)));
        levels[band] = ef_audio_level(params, energy, shift + least);
        below = above;
    }
}
