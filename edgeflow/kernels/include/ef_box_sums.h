/* Sums of four neighbouring channels over a box of positions. */
#ifndef EF_BOX_SUMS_H
#define EF_BOX_SUMS_H

#include "ef_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Steps are in elements. */
typedef struct {
    int32_t rows;
    int32_t columns;
    int32_t row_step;
    int32_t column_step;
} ef_box;

/* The box with its rows joined to one where no gap is between them. */
static inline ef_box ef_joined_box(ef_box box)
{
    if (box.row_step == box.columns * box.column_step) {
        box.columns *= box.rows;
        box.rows = 1;
    }
    return box;
}

/* Each byte of the word is added to its sum. */
static inline void ef_add_four_bytes(int32_t *sum0, int32_t *sum1, int32_t *sum2, int32_t *sum3, uint32_t word)
{
#if EF_HAS_DSP
    __asm__("sxtab %0, %0, %4\n\t"
            "sxtab %1, %1, %4, ror #8\n\t"
            "sxtab %2, %2, %4, ror #16\n\t"
            "sxtab %3, %3, %4, ror #24"
            : "+r"(*sum0), "+r"(*sum1), "+r"(*sum2), "+r"(*sum3)
            : "r"(word));
#else
    *sum0 += (int8_t)(word & 0xFFu);
    *sum1 += (int8_t)((word >> 8) & 0xFFu);
    *sum2 += (int8_t)((word >> 16) & 0xFFu);
    *sum3 += (int8_t)(word >> 24);
#endif
}

/* input points at the first position; at each one four bytes are read, at any address. */
static inline void ef_box_sums(ef_box box, const int8_t *input, int32_t sums[4])
{
    int32_t sum0 = 0;
    int32_t sum1 = 0;
    int32_t sum2 = 0;
    int32_t sum3 = 0;

    for (; box.rows > 0; box.rows--) {
        const int8_t *position = input;
        for (int32_t left = box.columns; left > 0; left--) {
            ef_add_four_bytes(&sum0, &sum1, &sum2, &sum3, ef_load_word(position));
            position += box.column_step;
        }
        input += box.row_step;
    }
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
}

#ifdef __cplusplus
}
#endif

#endif
