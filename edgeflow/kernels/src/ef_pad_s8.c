#include "ef_pad.h"

/* Write `count` times the value; returns the end. */
static int8_t *fill(int8_t *output, int32_t count, int8_t value)
{
    for (int32_t i = 0; i < count; i++) {
        *output++ = value;
    }
    return output;
}

/* One input row with its padding before and after; returns the end. */
static int8_t *pad_row(const ef_pad_params *p, const int8_t *input, int8_t *output)
{
    const int32_t length = p->input_shape[3];
    output = fill(output, p->before[3], p->value);
    for (int32_t i = 0; i < length; i++) {
        *output++ = input[i];
    }
    return fill(output, p->output_shape[3] - p->before[3] - length, p->value);
}

/* Whether output index `i` of a dimension lies inside the input. */
static int inside(const ef_pad_params *p, int dimension, int32_t i)
{
    return i >= p->before[dimension] && i - p->before[dimension] < p->input_shape[dimension];
}

void ef_pad_s8(const ef_pad_params *params, const int8_t *input, int8_t *output)
{
    const ef_pad_params *p = params;
    const int32_t *shape = p->output_shape;

    for (int32_t i = 0; i < shape[0]; i++) {
        for (int32_t j = 0; j < shape[1]; j++) {
            for (int32_t k = 0; k < shape[2]; k++) {
                if (inside(p, 0, i) && inside(p, 1, j) && inside(p, 2, k)) {
                    output = pad_row(p, input, output);
                    input += p->input_shape[3];
                } else {
                    output = fill(output, shape[3], p->value);
                }
            }
        }
    }
}
