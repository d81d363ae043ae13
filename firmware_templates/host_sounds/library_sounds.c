/* The preparation of clips of sound as a function of the shared library. */
#include "ef_app_sounds.h"

#define EF_EXPORT __attribute__((visibility("default")))

EF_EXPORT int ef_library_prepare(const int16_t *samples, int32_t count, int32_t piece, void *input);

/* In pieces, as a microphone delivers them. Returns the code of the last one. */
int ef_library_prepare(const int16_t *samples, int32_t count, int32_t piece, void *input)
{
    static ef_app_preprocess_state state;
    int status = EF_AUDIO_MORE;
    ef_app_preprocess_begin(&state);
    for (int32_t i = 0; i < count; i += piece) {
        const int32_t rest = count - i;
        status = ef_app_preprocess_samples(&state, samples + i, rest < piece ? rest : piece, input);
    }
    return status;
}
