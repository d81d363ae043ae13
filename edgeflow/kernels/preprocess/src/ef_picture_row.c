#include "ef_picture.h"

static int is_inside(const ef_picture *picture)
{
    const uint32_t first = picture->source.y;
    return picture->row >= first && picture->row < first + picture->source.height;
}

static int is_same_size(const ef_picture *picture)
{
    return picture->source.width == picture->destination.width
        && picture->source.height == picture->destination.height;
}

int ef_picture_row(
    const ef_picture_params *params, ef_picture *picture, void *work, const uint8_t *row, void *output)
{
    uint8_t *bytes = output;
    if (picture->row >= picture->frame_height) {
        return EF_PICTURE_BAD_ROW;
    }
    if (picture->row == 0u && params->borders != NULL) {
        params->borders(params, picture, bytes);
    }
    if (is_inside(picture)) {
        const uint32_t top = picture->destination.y;
        uint32_t y = top + picture->done;
        ef_picture_row_function *const function =
            is_same_size(picture) ? params->copy_row : params->resize_row;
        function(params, picture, work, row, bytes);
        for (; params->values != NULL && y < top + picture->done; y++) {
            params->values(params, bytes + y * ef_picture_row_bytes(params));
        }
    }
    picture->row++;
    return picture->done < picture->destination.height ? EF_PICTURE_MORE : EF_PICTURE_DONE;
}
