#include "ef_audio.h"
#include "ef_audio_arithmetic.h"

/* The next number when bits count from the top: below points, a power of two. */
static int32_t next_reversed(int32_t reversed, int32_t points)
{
    int32_t bit = points >> 1;

    while ((reversed & bit) != 0) {
        reversed ^= bit;
        bit >>= 1;
    }
    return reversed | bit;
}

int32_t ef_audio_window(const ef_audio_params *params, const int16_t *samples, int32_t *work)
{
    const int16_t *window = params->window;
    const int32_t count = params->window_samples;
    const int32_t points = params->fft_samples / 2;
    int32_t all_bits = 0;
    int32_t place = 0;
    int32_t i = 0;

    for (; i < count / 2; i++) {
        const int32_t even = samples[2 * i] * window[2 * i];
        const int32_t odd = samples[2 * i + 1] * window[2 * i + 1];
        work[2 * place] = even;
        work[2 * place + 1] = odd;
        all_bits |= ef_audio_magnitude(even) | ef_audio_magnitude(odd);
        place = next_reversed(place, points);
    }
    for (; i < points; i++) {
        const int32_t even = 2 * i < count ? samples[2 * i] * window[2 * i] : 0; /* the last of an odd count */
        work[2 * place] = even;
        work[2 * place + 1] = 0;
        all_bits |= ef_audio_magnitude(even);
        place = next_reversed(place, points);
    }
    return 30 - ef_audio_bits((uint32_t)all_bits);
}
