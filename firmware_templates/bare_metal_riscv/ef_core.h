#ifndef EF_CORE_H
#define EF_CORE_H

#include <stdint.h>

/* What only assembly can say on this architecture. */

/* Asks the debugger or emulator; returns the result of the operation. An ebreak between these two
 * shifts of the zero register, all three uncompressed and within one page, is such a call (RISC-V
 * Semihosting, version 0.4). */
static inline int32_t ef_semihosting_call(uint32_t operation, const void *block)
{
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = block;
    __asm__ volatile(".option push\n .balign 16\n .option norvc\n"
                     "slli zero, zero, 0x1f\n ebreak\n srai zero, zero, 7\n"
                     ".option pop\n"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return (int32_t)a0;
}

static inline uint32_t *ef_stack_pointer(void)
{
    uint32_t *stack_pointer;
    __asm__ volatile("mv %0, sp" : "=r"(stack_pointer));
    return stack_pointer;
}

#endif
