#ifndef EF_START_H
#define EF_START_H

#include <stdint.h>

/* What an architecture's reset and fault code goes on to, on a valid stack. */
void ef_start(void);
void ef_report_fault(uint32_t address);

#endif
