/* Clips of sound from the program's input: the number of samples as little-endian uint32, then the samples,
 * int16 of the same order as the core's. They come in pieces, as a microphone delivers them. */
#include <stdint.h>

#include "ef_app_sounds.h"
#include "ef_frames.h"
#include "ef_platform.h"

/* Of a piece: no divisor of usual windows and strides. */
#define EF_PIECE_SAMPLES 150u

static uint32_t ef_read_count(void)
{
    uint8_t bytes[4];
    const size_t got = ef_platform_read(bytes, sizeof bytes);
    if (got != 0 && got != sizeof bytes) {
        ef_platform_exit(EF_EXIT_SHORT_INPUT);
    }
    return got == 0 ? 0
                    : bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

int ef_read_frame(void *input, size_t byte_count)
{
    static ef_app_preprocess_state state;
    static int16_t piece[EF_PIECE_SAMPLES];
    uint32_t missing = ef_read_count();
    int status = EF_AUDIO_MORE;
    if (missing == 0) {
        return 0;
    }
    ef_app_preprocess_begin(&state);
    while (missing > 0) {
        const uint32_t count = missing < EF_PIECE_SAMPLES ? missing : EF_PIECE_SAMPLES;
        if (ef_platform_read(piece, count * sizeof piece[0]) != count * sizeof piece[0]) {
            ef_platform_exit(EF_EXIT_SHORT_INPUT);
        }
        status = ef_app_preprocess_samples(&state, piece, (int32_t)count, input);
        missing -= count;
    }
    if (status != EF_AUDIO_DONE) {
        ef_platform_exit(EF_EXIT_FRAME);
    }
    ef_platform_write(input, byte_count);
    return 1;
}
