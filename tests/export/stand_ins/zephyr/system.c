/* A stand-in for Zephyr below a program's main, over the UART and counter of a QEMU machine. */
#include <zephyr/device.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "board.h"
#include "print_format.h"

const struct device stand_in_zephyr_console = {"console"};

/* Zephyr starts its drivers before main; here the first byte does. */
static void start(void)
{
    static bool is_started;
    if (!is_started) {
        ef_board_init();
        is_started = true;
    }
}

bool device_is_ready(const struct device *dev)
{
    (void)dev;
    return true;
}

/* The machine's UART waits for a byte. */
int uart_poll_in(const struct device *dev, unsigned char *byte)
{
    (void)dev;
    *byte = (unsigned char)ef_board_read();
    return 0;
}

void uart_poll_out(const struct device *dev, unsigned char byte)
{
    const char text[1] = {(char)byte};
    (void)dev;
    start();
    ef_board.write(text, 1);
}

int64_t k_uptime_ticks(void)
{
    return ef_board.microseconds();
}

uint64_t k_ticks_to_us_floor64(uint64_t ticks)
{
    return ticks;
}

int32_t k_msleep(int32_t milliseconds)
{
    const int64_t end = k_uptime_ticks() + (int64_t)milliseconds * 1000;
    while (k_uptime_ticks() < end) {
    }
    return 0;
}

void printk(const char *format, ...)
{
    va_list arguments;
    start();
    va_start(arguments, format);
    print_format(format, arguments);
    va_end(arguments);
}
