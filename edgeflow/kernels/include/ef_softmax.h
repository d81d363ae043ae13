/* Softmax over the last dimension. An int8 output has the scale 1/256 and the zero point -128, an int16 output
 * of int8 inputs 1/65536 and -32768. */
#ifndef EF_SOFTMAX_H
#define EF_SOFTMAX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t rows;
    int32_t classes;          /* at most 4095, so that the sum of Q12.19 terms fits */
    int32_t input_multiplier; /* beta * input scale as Q5.26: multiplier and left shift */
    int32_t input_left_shift;
    int32_t difference_min; /* differences from the maximum below this count as exp = 0 */
} ef_softmax_params;

/* input and output [rows][classes]; the output may begin at the input or before it. A row
 * whose exponentials sum to 512 or more, relative to the largest, gives 0 (-128) everywhere: there the
 * reference is undefined. */
void ef_softmax_s8(const ef_softmax_params *params, const int8_t *input, int8_t *output);

/* As above; the output's last byte may be the input's last or lie before it. */
void ef_softmax_s8_s16(const ef_softmax_params *params, const int8_t *input, int16_t *output);

/* The parameters of the int16 form, by tables of 513 values with linear interpolation. */
typedef struct {
    int32_t rows;
    int32_t classes;          /* at most 65535, so that the sum of Q16.15 terms fits */
    int32_t input_multiplier; /* beta * input scale in steps of 10/65535, see ef_requantize.h */
    int32_t input_shift;
    const int16_t *exp_table;        /* exp from -10 to 0, Q0.15 */
    const int16_t *reciprocal_table; /* 1 / (1 + x) from 0 to 1, Q0.15 */
} ef_softmax_table_params;

/* input and output [rows][classes] with zero point 0, the output in steps of 1/32768; it may be the input. */
void ef_softmax_s16(const ef_softmax_table_params *params, const int16_t *input, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
