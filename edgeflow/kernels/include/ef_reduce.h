/* The largest or smallest value over any dimensions of a tensor, and where it stands along one. */
#ifndef EF_REDUCE_H
#define EF_REDUCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The tensor as up to four nested blocks, as ef_mean.h has them. */
typedef struct {
    int32_t kept_count[2]; /* outer, inner */
    int32_t kept_step[2];
    int32_t reduced_count[2];
    int32_t reduced_step[2];
    int32_t largest; /* 1: the largest value, 0: the smallest */
} ef_reduce_params;

/* input as the counts and steps say, output [kept_count[0]][kept_count[1]], written in ascending order, each
 * after reading its block: the output may overlap the input from below, as far as no write reaches what
 * is still to be read. */
void ef_reduce_s8(const ef_reduce_params *params, const int8_t *input, int8_t *output);

typedef struct {
    int32_t outer;
    int32_t length;
    int32_t inner;
    int32_t largest; /* 1: the place of the largest value, 0: of the smallest */
} ef_arg_reduce_params;

/* input [outer][length][inner], output [outer][inner], written in ascending order, each
 * after reading its block: the output may overlap the input from below, as far as no write reaches what
 * is still to be read. The first of equal values. */
void ef_arg_reduce_s8(const ef_arg_reduce_params *params, const int8_t *input, int32_t *output);

#ifdef __cplusplus
}
#endif

#endif
