/* Elements of one tensor or another, as a third says, of any element type. */
#ifndef EF_CHOOSE_H
#define EF_CHOOSE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t element_bytes;
    int32_t shape[4];          /* of the output */
    int32_t condition_step[4]; /* elements from one index of a dimension to the next, 0 to repeat */
    int32_t input1_step[4];    /* bytes */
    int32_t input2_step[4];
} ef_choose_params;

/* condition, input1 and input2 as their steps say, output [shape]: of input 1 where the condition is not
 * 0. Element after element, so that the output may be an input that is not repeated. */
void ef_choose(const ef_choose_params *params, const uint8_t *condition, const void *input1,
    const void *input2, void *output);

#ifdef __cplusplus
}
#endif

#endif
