#ifndef EF_PLATFORM_H
#define EF_PLATFORM_H

#include <stddef.h>

/* What main needs of the machine it runs on: one source file per platform supplies it. */

/* Exit codes of the program; edgeflow/emulate turns them into sentences. */
#define EF_EXIT_SHORT_INPUT 2     /* the input ended inside a case */
#define EF_EXIT_INVOKE 3          /* the model refused its arena */
#define EF_EXIT_FAULT 4           /* the core took a fault */
#define EF_EXIT_IO 5              /* the input or output cannot be opened or written */
#define EF_EXIT_STACK_OVERFLOW 6  /* the stack grew down to the end of the static data */
#define EF_EXIT_FRAME 7           /* a raw picture was refused, or was not complete after its last row */

void ef_platform_init(void);

/* Reads up to byte_count bytes; returns how many came, fewer only at the end of the input. */
size_t ef_platform_read(void *data, size_t byte_count);

void ef_platform_write(const void *data, size_t byte_count);

/* Deepest stack use so far in bytes, 0 if unknown. */
size_t ef_platform_stack_bytes(void);

void ef_platform_exit(int code);

#endif
