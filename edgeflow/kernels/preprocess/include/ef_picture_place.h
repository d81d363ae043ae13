/* Pictures of another ratio than the input's: the largest centred part, or borders around the whole. */
#ifndef EF_PICTURE_PLACE_H
#define EF_PICTURE_PLACE_H

#include "ef_picture.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Narrows the source to the input's ratio. */
void ef_picture_crop(const ef_picture_params *params, ef_picture *picture);

/* Narrows the destination to the picture's ratio. */
void ef_picture_pad(const ef_picture_params *params, ef_picture *picture);

/* Fills what lies around the destination in output, the network's input. */
void ef_picture_borders(const ef_picture_params *params, const ef_picture *picture, uint8_t *output);

/* Narrows a rectangle around its centre to the ratio width : height, with sides of at least 1. */
void ef_picture_narrow(ef_picture_rect *rect, uint32_t width, uint32_t height);

#ifdef __cplusplus
}
#endif

#endif
