/* A stand-in for the part of stdio.h that the exported example uses. */
#ifndef STAND_IN_STDIO_H
#define STAND_IN_STDIO_H

int puts(const char *text); /* gcc makes it of some printf */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
