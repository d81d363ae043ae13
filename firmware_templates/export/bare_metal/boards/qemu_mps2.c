/* QEMU's mps2-an385, an386 and an500: CMSDK UART 0 and the counter of the FPGA's I/O block, which runs at
 * 25 MHz (Arm application notes AN385 and AN386, Cortex-M System Design Kit TRM, "APB UART"). */
#include "board.h"

#define UART_DATA (*(volatile uint32_t *)0x40004000u)
#define UART_STATE (*(volatile uint32_t *)0x40004004u)
#define UART_CONTROL (*(volatile uint32_t *)0x40004008u)
#define UART_DIVIDER (*(volatile uint32_t *)0x40004010u)
#define COUNTER (*(volatile uint32_t *)0x40028018u)
#define PRESCALER (*(volatile uint32_t *)0x4002801Cu)

enum {
    CLOCK_HZ = 25000000,
    BAUD = 115200,
    STATE_TX_FULL = 1,
    STATE_RX_FULL = 2,
    CONTROL_TX_AND_RX = 3
};

void ef_board_init(void)
{
    UART_DIVIDER = CLOCK_HZ / BAUD;
    UART_CONTROL = CONTROL_TX_AND_RX;
    PRESCALER = CLOCK_HZ / 1000000 - 1;
}

char ef_board_read(void)
{
    while ((UART_STATE & STATE_RX_FULL) == 0) {
    }
    return (char)UART_DATA;
}

static void ef_write(const char *text, size_t byte_count)
{
    for (size_t i = 0; i < byte_count; ++i) {
        while ((UART_STATE & STATE_TX_FULL) != 0) {
        }
        UART_DATA = (uint8_t)text[i];
    }
}

static uint32_t ef_microseconds(void)
{
    return COUNTER;
}

const ef_protocol_board ef_board = {"qemu-mps2", ef_write, ef_microseconds};
