#include "ef_picture_place.h"

#include <string.h>

void ef_picture_borders(const ef_picture_params *params, const ef_picture *picture, uint8_t *output)
{
    const ef_picture_rect *inner = &picture->destination;
    const uint32_t channels = params->channels;
    const uint32_t right = (uint32_t)inner->x + inner->width;
    const int value = params->pad_value ^ params->flip;

    for (uint32_t y = 0; y < params->height; y++) {
        uint8_t *pixels = ef_picture_pixels(params, output, y);
        if (y >= inner->y && y < (uint32_t)inner->y + inner->height) {
            memset(pixels, value, inner->x * channels);
            memset(pixels + right * channels, value, (params->width - right) * channels);
        } else {
            memset(pixels, value, params->width * channels);
            if (params->values != NULL) {
                params->values(params, output + y * ef_picture_row_bytes(params));
            }
        }
    }
}
