#include "ef_audio.h"

int ef_audio_clip(const ef_audio_clip_params *params, ef_audio_state *state, const int16_t *samples,
                  int32_t count, void *input)
{
    const int32_t row_bytes = params->width * params->value_bytes;

    while (state->rows < params->frames) {
        const int32_t rows = state->rows;
        uint8_t *row = (uint8_t *)input + rows * row_bytes;
        const int32_t taken =
            ef_audio_push(params->features, state, samples, count, row + (row_bytes - params->width));
        if (state->rows == rows) {
            return EF_AUDIO_MORE;
        }
        ef_audio_values(params, row);
        samples += taken;
        count -= taken;
    }
    return EF_AUDIO_DONE;
}
