/* Reset and faults on any Cortex-M: vector table, FPU. */
#include <stddef.h>
#include <stdint.h>

#include "ef_stack.h"
#include "ef_start.h"

void Reset_Handler(void);
void ef_fault_handler(void);

#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
/* CPACR (0xE000ED88): full access to CP10 and CP11, before any code that may use their registers
 * (Armv7-M ARM B3.2.20). */
#define EF_ENABLE_FPU                                                                              \
    "ldr r0, =0xE000ED88\n ldr r1, [r0]\n ldr r2, =0x00F00000\n"                                   \
    "orrs r1, r2\n str r1, [r0]\n dsb\n isb\n"
#else
#define EF_ENABLE_FPU ""
#endif

/* The stack pointer is set again for debuggers and loaders that jump here without a reset. */
__attribute__((naked, noreturn)) void Reset_Handler(void)
{
    __asm__ volatile("ldr r0, =ef_stack_top\n mov sp, r0\n" EF_ENABLE_FPU "bl ef_start\n");
}

/* Takes the stacked return address (word 6 of the frame), then a fresh stack: the old one may be
 * what failed. */
__attribute__((naked, noreturn)) void ef_fault_handler(void)
{
    __asm__ volatile("mov r0, sp\n ldr r0, [r0, #24]\n"
                     "ldr r1, =ef_stack_top\n mov sp, r1\n bl ef_report_fault\n");
}

/* Every system exception ends the program: this application uses no interrupt. */
__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *initial_stack_pointer;
    void (*handlers[15])(void);
} ef_vectors = {
    ef_stack_top,
    {
        Reset_Handler,
        ef_fault_handler, /* NMI */
        ef_fault_handler, /* HardFault */
        ef_fault_handler, /* MemManage */
        ef_fault_handler, /* BusFault */
        ef_fault_handler, /* UsageFault */
        ef_fault_handler, /* SecureFault */
        NULL,
        NULL,
        NULL,
        ef_fault_handler, /* SVCall */
        ef_fault_handler, /* DebugMonitor */
        NULL,
        ef_fault_handler, /* PendSV */
        ef_fault_handler, /* SysTick */
    },
};
