#ifndef EF_STRING_H
#define EF_STRING_H

#include <stddef.h>

/* The functions that generated code may use, under the standard's header name: a bare core has no C
 * library (bare_metal/memory.c supplies them), and a machine without development packages no headers. */
void *memcpy(void *restrict destination, const void *restrict source, size_t byte_count);
void *memmove(void *destination, const void *source, size_t byte_count);
void *memset(void *destination, int value, size_t byte_count);
int memcmp(const void *left, const void *right, size_t byte_count);

#endif
