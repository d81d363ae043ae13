#ifndef EF_PROBE_TYPES_H
#define EF_PROBE_TYPES_H

#include <stdint.h>

typedef struct {
    int32_t count;
    int32_t offset;
    int32_t limits[2];
    float gain; /* 1.0f: a check that floats arrive */
    const int16_t *table;
    int32_t table_length;
    const int32_t *absent;
} ef_probe_params;

#endif
