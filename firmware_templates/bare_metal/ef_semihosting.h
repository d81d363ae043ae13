#ifndef EF_SEMIHOSTING_H
#define EF_SEMIHOSTING_H

#include <stdint.h>

/* Appends the record "EFHF" and the address to outputs.bin. */
void ef_semihosting_fault(uint32_t return_address);

#endif
