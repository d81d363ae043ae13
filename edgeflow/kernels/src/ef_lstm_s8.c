#include "ef_lstm.h"

#include "ef_fixed_point_16.h"
#include "ef_requantize.h"

static int32_t scaled_dot(
    const int8_t *values, const int8_t *weights, int32_t count, int32_t sum, int32_t multiplier, int32_t shift)
{
    for (int32_t i = 0; i < count; i++) {
        sum += values[i] * weights[i];
    }
    return ef_requantize(sum, multiplier, shift);
}

/* Each part is limited to int16 when it is added. */
static int32_t gate_sum(
    const ef_lstm_params *p, const ef_lstm_gate *gate, const int8_t *input, const int8_t *hidden, int32_t cell)
{
    const int8_t *input_weights = gate->input_weights + cell * p->input_c;
    const int8_t *recurrent_weights = gate->recurrent_weights + cell * p->cells;
    const int32_t from_input = scaled_dot(
        input, input_weights, p->input_c, gate->input_bias[cell], gate->input_multiplier, gate->input_shift);
    const int32_t from_hidden = scaled_dot(
        hidden, recurrent_weights, p->cells, gate->recurrent_bias[cell], gate->recurrent_multiplier,
        gate->recurrent_shift);
    return ef_saturate_16(from_hidden + ef_saturate_16(from_input));
}

static int32_t next_cell(
    const ef_lstm_params *p, int32_t cell, int32_t input_gate, int32_t forget_gate, int32_t candidate)
{
    const int32_t kept = (int16_t)ef_divide_by_power_of_two(forget_gate * cell, 15);
    const int32_t added =
        (int16_t)ef_divide_by_power_of_two(input_gate * candidate, 15 + p->cell_integer_bits);
    const int32_t sum = ef_saturate_16(kept + added);
    return p->cell_clip > 0 ? ef_clamp(sum, -p->cell_clip, p->cell_clip) : sum;
}

static int8_t hidden_value(const ef_lstm_params *p, int32_t output_gate, int32_t cell)
{
    const int32_t product = output_gate * ef_tanh_16(cell, p->cell_integer_bits);
    const int32_t scaled = ef_requantize(product, p->hidden_multiplier, p->hidden_shift);
    return (int8_t)ef_clamp(scaled, INT8_MIN, INT8_MAX);
}

/* One time of one batch. */
static void lstm_step(
    const ef_lstm_params *p, const int8_t *input, int8_t *hidden, int16_t *cell_state, int16_t *gates)
{
    int16_t *const input_gate = gates;
    int16_t *const forget_gate = gates + p->cells;
    int16_t *const candidate = gates + 2 * p->cells;
    int16_t *const output_gate = gates + 3 * p->cells;

    for (int32_t i = 0; i < p->cells; i++) {
        input_gate[i] = (int16_t)ef_logistic_16(gate_sum(p, &p->input_gate, input, hidden, i));
        forget_gate[i] = (int16_t)ef_logistic_16(gate_sum(p, &p->forget_gate, input, hidden, i));
        candidate[i] = (int16_t)ef_tanh_16(gate_sum(p, &p->cell_gate, input, hidden, i), 3);
        output_gate[i] = (int16_t)ef_logistic_16(gate_sum(p, &p->output_gate, input, hidden, i));
    }
    for (int32_t i = 0; i < p->cells; i++) {
        cell_state[i] = (int16_t)next_cell(p, cell_state[i], input_gate[i], forget_gate[i], candidate[i]);
        hidden[i] = hidden_value(p, output_gate[i], cell_state[i]);
    }
}

void ef_lstm_s8(
    const ef_lstm_params *params,
    const int8_t *input,
    int8_t *output_state,
    int16_t *cell_state,
    int8_t *output,
    void *scratch)
{
    const int32_t cells = params->cells;

    for (int32_t b = 0; b < params->batches; b++) {
        int8_t *const hidden = output_state + b * cells;
        for (int32_t t = 0; t < params->time_steps; t++) {
            const int32_t row = b * params->batch_step + t * params->time_step;
            lstm_step(params, input + row * params->input_c, hidden, cell_state + b * cells, scratch);
            for (int32_t i = 0; i < cells; i++) {
                output[row * cells + i] = hidden[i];
            }
        }
    }
}
