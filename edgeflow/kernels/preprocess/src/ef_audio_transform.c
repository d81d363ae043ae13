/* Radix 2, decimation in time (J. W. Cooley and J. W. Tukey, Math. Comput. 19, 1965). Every stage halves, so
 * that no sum leaves 32 bits: inputs have at most 30 bits, a complex number grows by at most sqrt(2). */
#include "ef_audio.h"
#include "ef_audio_arithmetic.h"

/* (a + t, a - t) of a halved and t that is halved already. */
static void butterfly(int32_t *a, int32_t *b, int32_t t_re, int32_t t_im)
{
    const int32_t a_re = a[0] >> 1;
    const int32_t a_im = a[1] >> 1;

    a[0] = a_re + t_re;
    a[1] = a_im + t_im;
    b[0] = a_re - t_re;
    b[1] = a_im - t_im;
}

/* The first two stages, whose factors are 1 and -i, on four points. */
static void first_stages(int32_t *z, int32_t factor)
{
    for (int32_t i = 0; i < 8; i++) {
        z[i] *= factor;
    }
    butterfly(z, z + 2, z[2] >> 1, z[3] >> 1);
    butterfly(z + 4, z + 6, z[6] >> 1, z[7] >> 1);
    butterfly(z, z + 4, z[4] >> 1, z[5] >> 1);
    butterfly(z + 2, z + 6, z[7] >> 1, -(z[6] >> 1));
}

/* One stage on 2 * half points; a factor serves for two numbers that are a quarter turn apart. */
static void stage(int32_t *z, int32_t half, const int32_t *sine, int32_t quarter)
{
    const int32_t step = 2 * quarter / half;
    int32_t *b = z + 2 * half;

    butterfly(z, b, b[0] >> 1, b[1] >> 1);
    butterfly(z + half, b + half, b[half + 1] >> 1, -(b[half] >> 1));
    for (int32_t j = 1; j < half / 2; j++) {
        const int32_t s = sine[j * step];
        const int32_t c = sine[quarter - j * step];
        int32_t *near = b + 2 * j;
        int32_t *far = near + half;
        butterfly(near - 2 * half, near, ef_audio_high(near[0], c) + ef_audio_high(near[1], s),
                  ef_audio_high(near[1], c) - ef_audio_high(near[0], s));
        butterfly(far - 2 * half, far, ef_audio_high(far[1], c) - ef_audio_high(far[0], s),
                  -ef_audio_high(far[1], s) - ef_audio_high(far[0], c));
    }
}

void ef_audio_transform(const ef_audio_params *params, int32_t *work, int32_t shift)
{
    const int32_t points = params->fft_samples / 2;
    const int32_t factor = (int32_t)((uint32_t)1 << shift);

    for (int32_t i = 0; i < 2 * points; i += 8) {
        first_stages(work + i, factor);
    }
    for (int32_t half = 4; half < points; half *= 2) {
        for (int32_t i = 0; i < 2 * points; i += 4 * half) {
            stage(work + i, half, params->sine, params->fft_samples / 4);
        }
    }
}
