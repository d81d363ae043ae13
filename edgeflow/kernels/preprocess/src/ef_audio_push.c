#include "ef_audio.h"

int32_t ef_audio_push(const ef_audio_params *params, ef_audio_state *state, const int16_t *samples,
                      int32_t count, uint8_t *row)
{
    const int32_t missing = params->window_samples - state->filled;
    const int32_t taken = count < missing ? count : missing;

    for (int32_t i = 0; i < taken; i++) {
        state->samples[state->filled + i] = samples[i];
    }
    state->filled += taken;
    if (state->filled == params->window_samples) {
        ef_audio_frame(params, state->samples, state->work, state->levels, row);
        state->filled -= params->stride_samples;
        for (int32_t i = 0; i < state->filled; i++) {
            state->samples[i] = state->samples[params->stride_samples + i];
        }
        state->rows++;
    }
    return taken;
}
