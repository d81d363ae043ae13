/* Log-mel and MFCC features of sound, in integers: docs/preprocessing-audio.md has every step.
 *
 * Samples are pushed as a microphone delivers them; each window of them becomes a row of bytes.
 */
#ifndef EF_AUDIO_H
#define EF_AUDIO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All constants of a declaration. fft_samples is a power of two from 16 on and at least window_samples;
 * 1 <= stride_samples <= window_samples. */
typedef struct {
    const int16_t *window; /* [window_samples] Q15 */
    const int32_t *sine;   /* [fft_samples / 4 + 1] a quarter wave, Q31 */
    const uint16_t *edges; /* [mel_bands + 2] first line of each interval, each 1 .. fft_samples / 2 */
    const uint16_t *rise;  /* [edges[mel_bands + 1] - edges[0]] Q15 */
    const int16_t *cosine; /* [coefficients][mel_bands], in units of 2^-row_shift */
    int32_t window_samples;
    int32_t stride_samples;
    int32_t fft_samples;
    int32_t mel_bands;
    int32_t coefficients; /* 0 for log-mel */
    int32_t level_offset;
    int32_t level_limit;     /* below 2^15 */
    int32_t byte_multiplier; /* of log-mel, Q20 */
    int32_t row_shift;       /* of MFCC, 1 .. 30 */
} ef_audio_params;

/* The caller's memory and how far it is. */
typedef struct {
    int32_t *work;    /* [fft_samples] */
    int16_t *samples; /* [window_samples] */
    int16_t *levels;  /* [mel_bands] */
    int32_t filled;   /* of samples; 0 to begin */
    int32_t rows;     /* written so far */
} ef_audio_state;

/* Takes samples up to the end of the next window and returns how many, at most count. When the window
 * is full, its row of coefficients (MFCC) or mel_bands (log-mel) bytes is written and state->rows grows. */
int32_t ef_audio_push(const ef_audio_params *params, ef_audio_state *state, const int16_t *samples,
                      int32_t count, uint8_t *row);

/* How the rows of a clip become the network's input [frames][width]. */
typedef struct {
    const ef_audio_params *features;
    const void *table; /* the value of each byte, [256] of the input's type; NULL: byte ^ flip */
    int32_t frames;
    int32_t width;       /* of a row */
    int32_t value_bytes; /* 1; with a table also 2, int16_t, or 4, float */
    uint8_t flip;
} ef_audio_clip_params;

/* What ef_audio_clip returns. */
#define EF_AUDIO_MORE 0 /* go on with the next samples */
#define EF_AUDIO_DONE 1 /* the input is complete; samples that come now are left alone */

/* Takes samples of a clip, which begins where state->filled and state->rows are 0, and writes the rows of
 * input that they complete; input is the same for all of them, aligned to its values. */
int ef_audio_clip(const ef_audio_clip_params *params, ef_audio_state *state, const int16_t *samples,
                  int32_t count, void *input);

/* The bytes of a row to values, in place; values of 2 or 4 bytes have them in the row's last part. */
void ef_audio_values(const ef_audio_clip_params *params, uint8_t *row);

/* The row of one window: samples[window_samples]; work[fft_samples] and levels[mel_bands] are scratch. */
void ef_audio_frame(const ef_audio_params *params, const int16_t *samples, int32_t *work, int16_t *levels,
                    uint8_t *row);

/* Windowed samples as complex numbers in bit-reversed order; returns by how many bits they may grow. */
int32_t ef_audio_window(const ef_audio_params *params, const int16_t *samples, int32_t *work);

/* work * 2^shift and its complex FFT of fft_samples / 2 points, divided by their number. */
void ef_audio_transform(const ef_audio_params *params, int32_t *work, int32_t shift);

/* From that to the magnitudes of real and imaginary part of lines 1 .. fft_samples / 2 - 1, in place. */
void ef_audio_lines(const ef_audio_params *params, int32_t *work);

/* The level of each band; shift is what ef_audio_window returned. */
void ef_audio_levels(const ef_audio_params *params, const int32_t *work, int32_t shift, int16_t *levels);

/* The logarithm of an energy of amplitudes that were shifted so far: 0 .. level_limit. */
int16_t ef_audio_level(const ef_audio_params *params, uint64_t energy, int32_t shift);

/* The bytes of a row. */
void ef_audio_row(const ef_audio_params *params, const int16_t *levels, uint8_t *row);

#ifdef __cplusplus
}
#endif

#endif
