#ifndef EF_CORE_H
#define EF_CORE_H

#include <stdint.h>

/* What only assembly can say on this architecture. */

/* Asks the debugger or emulator; returns the result of the operation. */
static inline int32_t ef_semihosting_call(uint32_t operation, const void *block)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

static inline uint32_t *ef_stack_pointer(void)
{
    uint32_t *stack_pointer;
    __asm__ volatile("mov %0, sp" : "=r"(stack_pointer));
    return stack_pointer;
}

#endif
