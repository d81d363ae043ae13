/* From reset to main on any core: stack paint, static data. */
#include <stdint.h>

#include "ef_core.h"
#include "ef_platform.h"
#include "ef_semihosting.h"
#include "ef_stack.h"
#include "ef_start.h"

/* From link.ld. */
extern uint32_t ef_data_start[];
extern uint32_t ef_data_end[];
extern const uint32_t ef_data_load[];
extern uint32_t ef_bss_start[];
extern uint32_t ef_bss_end[];

int main(void);

void ef_report_fault(uint32_t return_address)
{
    ef_semihosting_fault(return_address);
    ef_platform_exit(EF_EXIT_FAULT);
}

void ef_start(void)
{
    uint32_t *const stack_pointer = ef_stack_pointer();
    for (volatile uint32_t *word = ef_stack_limit; word < stack_pointer; ++word) {
        *word = EF_STACK_PAINT;
    }
    const uint32_t *load = ef_data_load;
    for (volatile uint32_t *word = ef_data_start; word < ef_data_end; ++word) {
        *word = *load++;
    }
    for (volatile uint32_t *word = ef_bss_start; word < ef_bss_end; ++word) {
        *word = 0;
    }
    (void)main();
}
