#include "ef_tiny.h"

static int8_t clamp(int32_t value)
{
    return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}

void ef_tiny_add(const int8_t *input, int8_t *output, int count)
{
    for (int i = 0; i < count; ++i) {
        output[i] = clamp(input[i] + 3);
    }
}

/* On a core exactly 2 * EF_TINY_SPINS + 2 instructions: a load, subtraction and branch per turn, return. */
#if defined(__arm__)
__asm__(".syntax unified\n"
        ".section .text.ef_tiny_spin,\"ax\",%progbits\n"
        ".thumb\n"
        ".global ef_tiny_spin\n"
        ".type ef_tiny_spin, %function\n"
        ".thumb_func\n"
        "ef_tiny_spin:\n"
        "ldr r0, =1000\n"
        "1: subs r0, #1\n"
        "bne 1b\n"
        "bx lr\n"
        ".ltorg\n"
        ".size ef_tiny_spin, . - ef_tiny_spin\n");
#elif defined(__riscv)
__asm__(".section .text.ef_tiny_spin,\"ax\",@progbits\n"
        ".global ef_tiny_spin\n"
        ".type ef_tiny_spin, @function\n"
        "ef_tiny_spin:\n"
        "li a0, 1000\n"
        "1: addi a0, a0, -1\n"
        "bnez a0, 1b\n"
        "ret\n"
        ".size ef_tiny_spin, . - ef_tiny_spin\n");
#else
void ef_tiny_spin(void)
{
}
#endif

void ef_tiny_fully_connected(const int8_t *input, const int8_t *weights, const int32_t *bias, int8_t *output)
{
    for (int o = 0; o < 4; ++o) {
        int32_t sum = bias[o];
        for (int i = 0; i < 8; ++i) {
            sum += weights[8 * o + i] * input[i];
        }
        output[o] = clamp(sum >> 4);
    }
}
