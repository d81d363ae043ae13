#ifndef EF_STRING_H
#define EF_STRING_H

#include <stddef.h>

/* What memory.c supplies, under the standard's header name: zig brings no C library for a bare core. */
void *memcpy(void *restrict destination, const void *restrict source, size_t byte_count);
void *memmove(void *destination, const void *source, size_t byte_count);
void *memset(void *destination, int value, size_t byte_count);
int memcmp(const void *left, const void *right, size_t byte_count);

#endif
