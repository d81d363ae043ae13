/* Two int8 or int16 tensors brought to one shape, and a function of an element of each. */
#ifndef EF_BROADCAST_H
#define EF_BROADCAST_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t shape[4];   /* of the output */
    int32_t stride1[4]; /* elements of input 1 from one index of a dimension to the next, 0 to repeat */
    int32_t stride2[4];
} ef_broadcast_shape;

/* The output element of one element of each input; `scaling` is the operator's own. */
typedef int8_t (*ef_broadcast_element)(const void *scaling, int8_t left, int8_t right);

/* input1 and input2 as their strides say, output [shape]; elements of the output are
 * written in ascending order, each after reading its two: the output may be an input that is not repeated
 * along any dimension, or overlap one where no write reaches what is still to be read. `element` is
 * a function of the same file, so that it is inlined. */
static inline void ef_broadcast_s8(const ef_broadcast_shape *broadcast, ef_broadcast_element element,
    const void *scaling, const int8_t *input1, const int8_t *input2, int8_t *output)
{
    const int32_t *shape = broadcast->shape;
    const int32_t *step1 = broadcast->stride1;
    const int32_t *step2 = broadcast->stride2;

    for (int32_t i = 0; i < shape[0]; i++) {
        for (int32_t j = 0; j < shape[1]; j++) {
            for (int32_t k = 0; k < shape[2]; k++) {
                const int8_t *left = input1 + i * step1[0] + j * step1[1] + k * step1[2];
                const int8_t *right = input2 + i * step2[0] + j * step2[1] + k * step2[2];
                for (int32_t l = 0; l < shape[3]; l++) {
                    *output++ = element(scaling, left[l * step1[3]], right[l * step2[3]]);
                }
            }
        }
    }
}

/* The same of int16 tensors. */
typedef int16_t (*ef_broadcast_element_s16)(const void *scaling, int16_t left, int16_t right);

static inline void ef_broadcast_s16(const ef_broadcast_shape *broadcast, ef_broadcast_element_s16 element,
    const void *scaling, const int16_t *input1, const int16_t *input2, int16_t *output)
{
    const int32_t *shape = broadcast->shape;
    const int32_t *step1 = broadcast->stride1;
    const int32_t *step2 = broadcast->stride2;

    for (int32_t i = 0; i < shape[0]; i++) {
        for (int32_t j = 0; j < shape[1]; j++) {
            for (int32_t k = 0; k < shape[2]; k++) {
                const int16_t *left = input1 + i * step1[0] + j * step1[1] + k * step1[2];
                const int16_t *right = input2 + i * step2[0] + j * step2[1] + k * step2[2];
                for (int32_t l = 0; l < shape[3]; l++) {
                    *output++ = element(scaling, left[l * step1[3]], right[l * step2[3]]);
                }
            }
        }
    }
}

#ifdef __cplusplus
}
#endif

#endif
