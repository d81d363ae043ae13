#ifndef EF_BOARD_H
#define EF_BOARD_H

#include "ef_protocol.h"

/* What main needs of a board: one file of boards/ has these three. */

extern const ef_protocol_board ef_board;

/* Clocks, the UART at 115200 baud 8N1, a free running counter. */
void ef_board_init(void);

/* The next byte from the host; waits for it. */
char ef_board_read(void);

#endif
