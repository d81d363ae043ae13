#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>

#define TINY_ARENA_BYTES 48
#define TINY_ARENA_ALIGNMENT 16
#define TINY_INPUT_COUNT 1
#define TINY_OUTPUT_COUNT 1
#define TINY_INPUT0_BYTES 8
#define TINY_OUTPUT0_BYTES 4

void *tiny_input(void *arena, int index);
const void *tiny_output(const void *arena, int index);
size_t tiny_input_bytes(int index);
size_t tiny_output_bytes(int index);
int tiny_invoke(void *arena);

#endif
