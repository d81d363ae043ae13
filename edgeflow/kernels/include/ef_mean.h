/* Mean or sum over any dimensions of a tensor, int8 or int16, with another output scale. */
#ifndef EF_MEAN_H
#define EF_MEAN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The tensor as up to four nested blocks: neighbouring dimensions that are both kept, or both averaged,
 * are one. Steps are in elements; an unused block has count 1 and step 0. */
typedef struct {
    int32_t kept_count[2]; /* outer, inner */
    int32_t kept_step[2];
    int32_t averaged_count[2];
    int32_t averaged_step[2];
    int32_t sum_offset; /* minus the input's zero point, times the number of averaged elements */
    int32_t multiplier; /* input scale / output scale, of a mean also / averaged elements, see */
    int32_t shift;      /* ef_requantize.h */
    int32_t output_offset; /* the output's zero point */
} ef_mean_params;

/* input as the counts and steps say, output [kept_count[0]][kept_count[1]], written in ascending order, each
 * after reading its block: the output may overlap the input from below, as far as no write reaches what
 * is still to be read. */
void ef_mean_s8(const ef_mean_params *params, const int8_t *input, int8_t *output);

/* The same for cores with the DSP extension, four neighbouring outputs at a time: kept_count[1] is at least 4
 * and kept_step[1] is 1. Four are written after reading their blocks. */
void ef_mean_s8_dsp(const ef_mean_params *params, const int8_t *input, int8_t *output);

/* The same of int16, at most 32768 elements of which are averaged, so that their sum fits 32 bits. */
void ef_mean_s16(const ef_mean_params *params, const int16_t *input, int16_t *output);

#ifdef __cplusplus
}
#endif

#endif
