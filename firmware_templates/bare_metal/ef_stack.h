#ifndef EF_STACK_H
#define EF_STACK_H

#include <stdint.h>

/* The stack takes what the static data leaves of RAM and grows down from its end. */
extern uint32_t ef_stack_limit[]; /* lowest word, from link.ld */
extern uint32_t ef_stack_top[];   /* just above the highest word */

#define EF_STACK_PAINT 0xEF57AC4Bu

#endif
