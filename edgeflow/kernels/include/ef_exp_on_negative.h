/* exp on fixed-point numbers as ef_fixed_point.h has them. */
#ifndef EF_EXP_ON_NEGATIVE_H
#define EF_EXP_ON_NEGATIVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* exp(a) in Q0.31 of a <= 0 in Q5.26. A function of its own: softmax needs it twice. */
int32_t ef_exp_on_negative(int32_t a);

#ifdef __cplusplus
}
#endif

#endif
