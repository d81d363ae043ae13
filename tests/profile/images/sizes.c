/* Symbols of known size in every kind of section; the tests hold the same figures by hand. */
#include <stdint.h>

extern void Reset_Handler(void);

/* 8 words of vectors */
__attribute__((used, section(".vectors"))) const uintptr_t vectors[8] = {0x20001000, (uintptr_t)Reset_Handler};

/* weights: 100 + 40 + 40 + 40 + 256 + 3 bytes */
static const int8_t digits_weights_0[100] = {1, 2, 3};
static const int32_t digits_bias_0[10] = {4, 5};
const int32_t digits_multiplier_0[10] = {6, 7};
static const int32_t digits_shift_0[10] = {8, 9};
static const int8_t digits_table_0[256] = {10};
const int8_t digits_weights_1[3] = {11, 12, 13};

/* not weights of this model */
const int8_t other_weights_0[50] = {14};
const int8_t digits_names[20] = {15};

/* .data 24 bytes, .bss 2048 of arena and 36 of others */
int32_t counters[6] = {1, 2, 3, 4, 5, 6};
__attribute__((aligned(16))) uint8_t ef_arena[2048];
int32_t scratch[9];

__attribute__((noinline, used)) int32_t digits_op00_conv_2d(int32_t n)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += digits_weights_0[i % 100] + digits_bias_0[i % 10] + digits_multiplier_0[i % 10];
        sum ^= digits_shift_0[i % 10] + digits_table_0[i & 255] + digits_weights_1[i % 3];
    }
    return sum + other_weights_0[n] + digits_names[n];
}

void Reset_Handler(void)
{
    volatile int32_t *out = scratch;
    out[0] = digits_op00_conv_2d(counters[5]);
    out[1] = ef_arena[out[0] & 2047];
    for (;;) {
    }
}
