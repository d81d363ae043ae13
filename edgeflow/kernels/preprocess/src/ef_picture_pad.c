#include "ef_picture_place.h"

void ef_picture_pad(const ef_picture_params *params, ef_picture *picture)
{
    (void)params;
    ef_picture_narrow(&picture->destination, picture->source.width, picture->source.height);
}
