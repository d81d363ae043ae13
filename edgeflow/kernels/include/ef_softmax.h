/* Softmax over the last dimension, int8; the output's scale is 1/256 and its zero point -128. */
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

#ifdef __cplusplus
}
#endif

#endif
