#include "ef_cast.h"

static int32_t whole(float value)
{
    if (!(value > -2147483648.0f)) {
        return INT32_MIN;
    }
    return value >= 2147483648.0f ? INT32_MAX : (int32_t)value;
}

static int32_t integer_at(const void *input, int32_t type, int32_t i)
{
    switch (type) {
    case EF_CAST_S8:
        return ((const int8_t *)input)[i];
    case EF_CAST_S16:
        return ((const int16_t *)input)[i];
    case EF_CAST_S32:
        return ((const int32_t *)input)[i];
    case EF_CAST_F32:
        return whole(((const float *)input)[i]);
    default:
        return ((const uint8_t *)input)[i];
    }
}

/* Converts at each load, not once after all: gcc 12 makes a conditional conversion of the latter, whose
 * name the assembler for Cortex-M55 does not know. */
static float real_at(const void *input, int32_t type, int32_t i)
{
    switch (type) {
    case EF_CAST_S8:
        return (float)((const int8_t *)input)[i];
    case EF_CAST_S16:
        return (float)((const int16_t *)input)[i];
    case EF_CAST_S32:
        return (float)((const int32_t *)input)[i];
    case EF_CAST_F32:
        return ((const float *)input)[i];
    default:
        return (float)(int32_t)((const uint8_t *)input)[i];
    }
}

static void store_integer(void *output, int32_t type, int32_t i, int32_t value)
{
    switch (type) {
    case EF_CAST_S8:
        ((int8_t *)output)[i] = (int8_t)value;
        break;
    case EF_CAST_S16:
        ((int16_t *)output)[i] = (int16_t)value;
        break;
    case EF_CAST_S32:
        ((int32_t *)output)[i] = value;
        break;
    default:
        ((uint8_t *)output)[i] = (uint8_t)value;
        break;
    }
}

void ef_cast(const ef_cast_params *params, const void *input, void *output)
{
    const ef_cast_params *p = params;
    const int is_float = p->input_type == EF_CAST_F32;

    for (int32_t i = 0; i < p->count; i++) {
        const float real = is_float ? ((const float *)input)[i] : 0.0f;
        const int32_t integer = integer_at(input, p->input_type, i);
        if (p->output_type == EF_CAST_F32) {
            ((float *)output)[i] = real_at(input, p->input_type, i);
        } else if (p->output_type == EF_CAST_BOOL) {
            ((uint8_t *)output)[i] = (is_float ? (real < 0.0f || real > 0.0f || real != real) : integer != 0) ? 1 : 0;
        } else {
            store_integer(output, p->output_type, i, integer);
        }
    }
}
