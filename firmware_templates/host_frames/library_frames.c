/* The preparation of raw pictures as a function of the shared library. */
#include "ef_app_frames.h"

#define EF_EXPORT __attribute__((visibility("default")))

EF_EXPORT int ef_library_prepare(const ef_frame *frame, void *input);

/* Row by row, as a camera delivers them. Returns the code of the last row, or of what was refused. */
int ef_library_prepare(const ef_frame *frame, void *input)
{
    static ef_app_preprocess_state state;
    int status = ef_app_preprocess_begin(&state, frame->width, frame->height, frame->format);
    for (uint32_t y = 0; y < frame->height && status >= EF_PICTURE_MORE; ++y) {
        status = ef_app_preprocess_row(&state, frame->pixels + (size_t)y * frame->stride_bytes, input);
    }
    return status;
}
