#include "ef_picture_place.h"

void ef_picture_crop(const ef_picture_params *params, ef_picture *picture)
{
    ef_picture_narrow(&picture->source, params->width, params->height);
}
