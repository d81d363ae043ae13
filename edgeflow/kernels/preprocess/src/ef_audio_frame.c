#include "ef_audio.h"

void ef_audio_frame(const ef_audio_params *params, const int16_t *samples, int32_t *work, int16_t *levels,
                    uint8_t *row)
{
    const int32_t shift = ef_audio_window(params, samples, work);

    ef_audio_transform(params, work, shift);
    ef_audio_lines(params, work);
    ef_audio_levels(params, work, shift, levels);
    ef_audio_row(params, levels, row);
}
