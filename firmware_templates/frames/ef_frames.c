/* Raw pictures from the program's input: width, height, format and bytes of a row as little-endian uint32,
 * then the rows. Only one row is in memory. */
#include "ef_frames.h"

#include <stdint.h>

#include "ef_app_frames.h"
#include "ef_platform.h"

static uint32_t ef_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

int ef_read_frame(void *input, size_t byte_count)
{
    static ef_app_preprocess_state state;
    static uint8_t row[EF_APP_ROW_BYTES];
    uint8_t header[16];
    const size_t got = ef_platform_read(header, sizeof header);
    if (got == 0) {
        return 0;
    }
    if (got != sizeof header) {
        ef_platform_exit(EF_EXIT_SHORT_INPUT);
    }
    const uint32_t height = ef_word(header + 4);
    const uint32_t row_bytes = ef_word(header + 12);
    int status = ef_app_preprocess_begin(&state, ef_word(header), height, (int)ef_word(header + 8));
    if (status != EF_PICTURE_MORE || row_bytes > sizeof row) {
        ef_platform_exit(EF_EXIT_FRAME);
    }
    for (uint32_t y = 0; y < height; ++y) {
        if (ef_platform_read(row, row_bytes) != row_bytes) {
            ef_platform_exit(EF_EXIT_SHORT_INPUT);
        }
        status = ef_app_preprocess_row(&state, row, input);
    }
    if (status != EF_PICTURE_DONE) {
        ef_platform_exit(EF_EXIT_FRAME);
    }
    ef_platform_write(input, byte_count);
    return 1;
}
