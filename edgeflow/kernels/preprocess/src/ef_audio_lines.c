#include "ef_audio.h"
#include "ef_audio_arithmetic.h"

void ef_audio_lines(const ef_audio_params *params, int32_t *work)
{
    const int32_t points = params->fft_samples / 2;
    const int32_t quarter = points / 2;

    /* Even and odd samples' spectra, from the sum and difference of the lines k and points - k. */
    for (int32_t k = 1; k <= quarter; k++) {
        int32_t *a = work + 2 * k;
        int32_t *b = work + 2 * (points - k);
        const int32_t even_re = ((a[0] >> 1) + (b[0] >> 1)) >> 1;
        const int32_t even_im = ((a[1] >> 1) - (b[1] >> 1)) >> 1;
        const int32_t odd_re = (a[1] >> 1) + (b[1] >> 1);
        const int32_t odd_im = (b[0] >> 1) - (a[0] >> 1);
        const int32_t c = params->sine[quarter - k];
        const int32_t s = params->sine[k];
        const int32_t t_re = ef_audio_high(odd_re, c) + ef_audio_high(odd_im, s);
        const int32_t t_im = ef_audio_high(odd_im, c) - ef_audio_high(odd_re, s);
        b[0] = ef_audio_magnitude(even_re - t_re);
        b[1] = ef_audio_magnitude(t_im - even_im);
        a[0] = ef_audio_magnitude(even_re + t_re); /* in the middle a is b */
        a[1] = ef_audio_magnitude(even_im + t_im);
    }
}
