#include "ef_picture.h"

#include <string.h>

static int check(const ef_frame *frame)
{
    const uint32_t width = frame->width;
    const uint32_t height = frame->height;
    if (frame->format < EF_FRAME_GRAY8 || frame->format > EF_FRAME_YUYV) {
        return EF_PICTURE_BAD_FORMAT;
    }
    if (width == 0u || height == 0u || width > EF_PICTURE_MAX_SIDE || height > EF_PICTURE_MAX_SIDE
        || width * height > EF_PICTURE_MAX_PIXELS || (frame->format == EF_FRAME_YUYV && width % 2u != 0u)) {
        return EF_PICTURE_BAD_SIZE;
    }
    return EF_PICTURE_MORE;
}

/* The reciprocal of the source's pixels, which are below 2^24 + 1; a little less than exact. */
static void prepare_division(ef_picture *picture)
{
    uint32_t pixels = (uint32_t)picture->source.width * picture->source.height;
    picture->shift = 0u;
    while (pixels < EF_PICTURE_MAX_PIXELS / 2u) {
        pixels <<= 1;
        picture->shift++;
    }
    picture->reciprocal = UINT32_MAX / ((pixels >> 8) + 1u);
}

int ef_picture_begin(
    const ef_picture_params *params, ef_picture *picture, void *work, const ef_frame *frame)
{
    memset(picture, 0, sizeof *picture);
    const int status = check(frame);
    if (status != EF_PICTURE_MORE) {
        return status;
    }
    picture->frame_height = (uint16_t)frame->height;
    picture->format = (uint16_t)frame->format;
    picture->source.width = (uint16_t)frame->width;
    picture->source.height = (uint16_t)frame->height;
    picture->destination.width = params->width;
    picture->destination.height = params->height;
    if (params->place != NULL) {
        params->place(params, picture);
    }
    picture->x_step = ((uint32_t)picture->source.width << 16) / picture->destination.width;
    picture->y_step = ((uint32_t)picture->source.height << 16) / picture->destination.height;
    prepare_division(picture);
    if (params->work_bytes > 0u) {
        memset(work, 0, params->work_bytes);
    }
    return EF_PICTURE_MORE;
}
