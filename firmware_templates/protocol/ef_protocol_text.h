#ifndef EF_PROTOCOL_TEXT_H
#define EF_PROTOCOL_TEXT_H

#include "ef_protocol.h"

void ef_write_text(const ef_protocol *protocol, const char *text);
void ef_write_line(const ef_protocol *protocol, const char *before, const char *text, const char *after);
void ef_write_number(const ef_protocol *protocol, uint32_t value);
void ef_write_hex(const ef_protocol *protocol, uint8_t value);
/* Three decimals, as the protocol's results have. */
void ef_write_real(const ef_protocol *protocol, float value);

/* The value of a hex digit, or -1. */
int ef_hex_digit(char character);

/* Reads a decimal number and moves on behind it; -1 where there is none or it is above 2^31 - 1. */
int32_t ef_read_number(const char **text);

/* 1 when the text begins with the word, followed by a space or the end; then moves on to the next word. */
int ef_read_word(const char **text, const char *word);

#endif
