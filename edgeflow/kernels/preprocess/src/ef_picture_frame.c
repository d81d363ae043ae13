#include "ef_picture.h"

int ef_picture_frame(
    const ef_picture_params *params, ef_picture *picture, void *work, const ef_frame *frame, void *output)
{
    const uint8_t *row = frame->pixels;
    int status = ef_picture_begin(params, picture, work, frame);
    while (status == EF_PICTURE_MORE) {
        status = ef_picture_row(params, picture, work, row, output);
        row += frame->stride_bytes;
    }
    return status;
}
