#ifndef STAND_IN_PRINT_FORMAT_H
#define STAND_IN_PRINT_FORMAT_H

#include <stdarg.h>

/* Prints with %s and %d, which is all that the exported examples use; stops at any other. */
void print_format(const char *format, va_list arguments);

#endif
