/* LSTM over a sequence, int8 with 16-bit gates and cell state. */
#ifndef EF_LSTM_H
#define EF_LSTM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One gate: its sums are brought to Q3.12, each part by a factor of its own (see ef_requantize.h). */
typedef struct {
    const int8_t *input_weights;     /* [cells][input_c], zero point 0 */
    const int8_t *recurrent_weights; /* [cells][cells], zero point 0 */
    const int32_t *input_bias;       /* [cells], less the input's zero point times the weights */
    const int32_t *recurrent_bias;   /* [cells], the same of the output state alone */
    int32_t input_multiplier;
    int32_t input_shift;
    int32_t recurrent_multiplier;
    int32_t recurrent_shift;
} ef_lstm_gate;

typedef struct {
    ef_lstm_gate input_gate;
    ef_lstm_gate forget_gate;
    ef_lstm_gate cell_gate;
    ef_lstm_gate output_gate;
    int32_t batches;
    int32_t time_steps;
    int32_t input_c;
    int32_t cells;
    int32_t batch_step; /* rows from one batch to the next */
    int32_t time_step;  /* rows from one time to the next */
    int32_t cell_integer_bits; /* the cell state has 15 less this fractional bits */
    int32_t cell_clip;         /* largest magnitude of the cell state, 0 for none */
    int32_t hidden_multiplier; /* from gate times tanh, Q0.30, to the output */
    int32_t hidden_shift;
} ef_lstm_params;

/* input        rows of [input_c], one per batch and time
 * output_state [batches][cells], read and written
 * cell_state   [batches][cells], read and written
 * output       rows of [cells], one per batch and time
 * scratch      4 * cells int16
 * No array overlaps another. */
void ef_lstm_s8(
    const ef_lstm_params *params,
    const int8_t *input,
    int8_t *output_state,
    int16_t *cell_state,
    int8_t *output,
    void *scratch);

#ifdef __cplusplus
}
#endif

#endif
