#include "ef_svdf.h"

#include <stddef.h>

#include "ef_dot.h"
#include "ef_requantize.h"

/* Forgets the oldest value and appends the newest. */
static void remember(int16_t *values, int32_t count, int16_t newest)
{
    for (int32_t i = 0; i + 1 < count; i++) {
        values[i] = values[i + 1];
    }
    values[count - 1] = newest;
}

static int32_t add_wrapping(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

/* Modulo 2^32, as the reference does on overflow. */
static int32_t weighted_past(const int16_t *values, const int16_t *weights, int32_t count, int32_t sum)
{
    for (int32_t i = 0; i < count; i++) {
        sum = add_wrapping(sum, values[i] * weights[i]);
    }
    return sum;
}

void ef_svdf_s8(
    const ef_svdf_params *params,
    const int8_t *input,
    const int8_t *feature_weights,
    const int16_t *time_weights,
    int16_t *state,
    int8_t *output)
{
    const ef_svdf_params *const p = params;
    const int32_t filters = p->units * p->rank;

    for (int32_t b = 0; b < p->batches; b++) {
        for (int32_t u = 0; u < p->units; u++) {
            int32_t sum = 0;
            for (int32_t r = u * p->rank; r < (u + 1) * p->rank; r++) {
                int16_t *const values = state + (b * filters + r) * p->memory;
                const int32_t feature = ef_requantize(
                    ef_dot_s8(
                        input + b * p->input_c, feature_weights + r * p->input_c, p->input_c,
                        p->input_offset, 0),
                    p->state_multiplier, p->state_shift);
                remember(values, p->memory, (int16_t)ef_clamp(feature, INT16_MIN, INT16_MAX));
                sum = weighted_past(values, time_weights + r * p->memory, p->memory, sum);
            }
            sum = ef_requantize(
                p->bias == NULL ? sum : add_wrapping(sum, p->bias[u]), p->output_multiplier, p->output_shift);
            output[b * p->units + u] = (int8_t)ef_clamp(sum + p->output_offset, INT8_MIN, INT8_MAX);
        }
    }
}
