#ifndef EF_PROTOCOL_H
#define EF_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The text protocol of MLPerf Tiny (github.com/mlcommons/tiny, benchmark/api): commands end in '%', replies in
 * CR LF, and "m-ready" closes each. Beyond it there is "raw", which gives the outputs' bytes as hex digits. */

#define EF_PROTOCOL_COMMAND_BYTES 80

/* The model behind the protocol. Inputs and outputs lie one after the other. */
typedef struct {
    const char *name;
    size_t input_bytes;
    size_t output_bytes;
    size_t output_elements;
    uint8_t *buffer;                          /* [input_bytes], what "db" fills */
    int (*infer)(const uint8_t *inputs);      /* 0 when it ran */
    uint8_t (*output)(size_t place);          /* a byte of the outputs */
    float (*real)(size_t element);            /* an output's value, all outputs counted in a row */
} ef_protocol_model;

/* What a board gives. */
typedef struct {
    const char *name;
    void (*write)(const char *text, size_t byte_count);
    uint32_t (*microseconds)(void); /* goes on from 2^32 - 1 to 0 */
} ef_protocol_board;

typedef struct {
    const ef_protocol_model *model;
    const ef_protocol_board *board;
    char command[EF_PROTOCOL_COMMAND_BYTES + 1];
    size_t length;
    size_t expected; /* bytes of "db load" */
    size_t loaded;
    int has_run;
} ef_protocol;

/* Greets the host. */
void ef_protocol_begin(ef_protocol *protocol, const ef_protocol_model *model, const ef_protocol_board *board);

/* Takes one byte from the host; runs the command when it is whole. */
void ef_protocol_take(ef_protocol *protocol, char byte);

#ifdef __cplusplus
}
#endif

#endif
