#ifndef EF_FRAMES_H
#define EF_FRAMES_H

#include <stddef.h>

/* Reads a raw picture row by row, or a clip of sound in pieces, into the network's input, which it then writes
 * to the output. Returns 0 at the end of the input; ends the program when it stops inside a case, or when a
 * case is refused. */
int ef_read_frame(void *input, size_t byte_count);

#endif
