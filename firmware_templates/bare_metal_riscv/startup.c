/* Reset and traps on a RISC-V core in machine mode. The image begins with the reset code; gp and tp
 * stay unused: nothing is linked relative to them. */
#include <stdint.h>

#include "ef_start.h"

void Reset_Handler(void);
void ef_fault_handler(void);

/* Control and status registers are an extension by name, which every core with traps has. */
#define EF_WITH_CSR(code) ".option push\n .option arch, +zicsr\n" code ".option pop\n"

/* mtvec in direct mode takes an address that is a multiple of 4 (RISC-V privileged architecture,
 * section "Machine Trap-Vector Base-Address Register"). */
__attribute__((naked, noreturn, used, section(".vectors"))) void Reset_Handler(void)
{
    __asm__ volatile(EF_WITH_CSR("la t0, ef_fault_handler\n csrw mtvec, t0\n")
                     "la sp, ef_stack_top\n call ef_start\n");
}

/* Takes the address of the instruction that trapped, then a fresh stack: the old one may be what
 * failed. */
__attribute__((naked, noreturn, used, aligned(4))) void ef_fault_handler(void)
{
    __asm__ volatile(EF_WITH_CSR("csrr a0, mepc\n") "la sp, ef_stack_top\n call ef_report_fault\n");
}
