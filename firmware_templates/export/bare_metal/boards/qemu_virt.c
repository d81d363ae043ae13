/* QEMU's RISC-V virt: a 16550 UART and the timer of the CLINT, which runs at 10 MHz (hw/riscv/virt.c). */
#include "board.h"

#define UART ((volatile uint8_t *)0x10000000u)
#define TIMER_LOW (*(volatile uint32_t *)0x0200BFF8u)
#define TIMER_HIGH (*(volatile uint32_t *)0x0200BFFCu)

enum { DATA = 0, LINE_STATUS = 5, RECEIVED = 0x01, TRANSMITTER_EMPTY = 0x20, TICKS_PER_MICROSECOND = 10 };

void ef_board_init(void)
{
}

char ef_board_read(void)
{
    while ((UART[LINE_STATUS] & RECEIVED) == 0) {
    }
    return (char)UART[DATA];
}

static void ef_write(const char *text, size_t byte_count)
{
    for (size_t i = 0; i < byte_count; ++i) {
        while ((UART[LINE_STATUS] & TRANSMITTER_EMPTY) == 0) {
        }
        UART[DATA] = (uint8_t)text[i];
    }
}

static uint32_t ef_microseconds(void)
{
    uint32_t high, low;
    do {
        high = TIMER_HIGH;
        low = TIMER_LOW;
    } while (high != TIMER_HIGH);
    return (uint32_t)((((uint64_t)high << 32) | low) / TICKS_PER_MICROSECOND);
}

const ef_protocol_board ef_board = {"qemu-virt", ef_write, ef_microseconds};
