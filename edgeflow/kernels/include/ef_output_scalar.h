/* An output of a depthwise convolution from its sum, with two products of 32 bits and one rounding.
 *
 * The generator finds for each channel a factor with 37 fractional bits and an addend that give, for every sum that
 * can occur, what the reference gives by its two roundings; it proves this at each step of the output. The
 * addend holds the channel's bias, the output's zero point and what folds the input's zero point. A sum is first
 * limited to those of the lowest and the highest output, so that the result is the upper byte of 32 bits. */
#ifndef EF_OUTPUT_SCALAR_H
#define EF_OUTPUT_SCALAR_H

#include "ef_requantize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bits of the fraction; a sum that it is multiplied with has at most 18 bits and a sign. */
#define EF_FRACTION_BITS 13
#define EF_OUTPUT_SIZE 4 /* numbers of a packed channel */

typedef struct {
    int32_t low;  /* the sums are limited to low .. high */
    int32_t high;
    uint32_t multiplier; /* the factor's bits down to 2^-24 */
    int32_t fraction;    /* and the next ones */
    uint32_t addend;
} ef_output_channel;

/* The channel of its packed row: low and fraction in one word, high, multiplier, addend. */
static inline ef_output_channel ef_unpack_channel(const int32_t row[EF_OUTPUT_SIZE])
{
    ef_output_channel channel;
    channel.low = row[0] >> EF_FRACTION_BITS;
    channel.high = row[1];
    channel.multiplier = (uint32_t)row[2];
    channel.fraction = row[0] & ((1 << EF_FRACTION_BITS) - 1);
    channel.addend = (uint32_t)row[3];
    return channel;
}

static inline int8_t ef_output_of_sum(const ef_output_channel *channel, int32_t sum)
{
    const int32_t limited = ef_clamp(sum, channel->low, channel->high);
    const uint32_t whole = (uint32_t)limited * channel->multiplier + channel->addend;
    const int32_t rest = (limited * channel->fraction) >> EF_FRACTION_BITS;
    return (int8_t)((int32_t)(whole + (uint32_t)rest) >> 24);
}

#ifdef __cplusplus
}
#endif

#endif
