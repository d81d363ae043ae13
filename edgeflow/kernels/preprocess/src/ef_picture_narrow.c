#include "ef_picture_place.h"

static uint32_t rounded(uint32_t numerator, uint32_t denominator, uint32_t most)
{
    const uint32_t quotient = (numerator + denominator / 2u) / denominator;
    return quotient < 1u ? 1u : quotient > most ? most : quotient;
}

void ef_picture_narrow(ef_picture_rect *rect, uint32_t width, uint32_t height)
{
    const uint32_t from_width = rect->width;
    const uint32_t from_height = rect->height;
    if (from_width * height > from_height * width) {
        rect->width = (uint16_t)rounded(from_height * width, height, from_width);
    } else {
        rect->height = (uint16_t)rounded(from_width * height, width, from_height);
    }
    rect->x = (uint16_t)((from_width - rect->width) / 2u);
    rect->y = (uint16_t)((from_height - rect->height) / 2u);
}
