/* Pixels of a row of the network's input to values, by table. */
#ifndef EF_PICTURE_VALUES_H
#define EF_PICTURE_VALUES_H

#include "ef_picture.h"

#ifdef __cplusplus
extern "C" {
#endif

/* row is uint8_t [width][channels], values of 8 bits take the pixels' places; the table's are 8 bits. */
void ef_picture_values_8(const ef_picture_params *params, uint8_t *row);

/* row is int16_t [width][channels], aligned, with the pixels in its second half; the table's are int16_t. */
void ef_picture_values_16(const ef_picture_params *params, uint8_t *row);

/* row is float [width][channels], aligned, with the pixels in its last quarter: only copied, not computed. */
void ef_picture_values_32(const ef_picture_params *params, uint8_t *row);

#ifdef __cplusplus
}
#endif

#endif
