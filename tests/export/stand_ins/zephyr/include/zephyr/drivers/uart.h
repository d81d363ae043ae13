/* A stand-in: Zephyr's UART by polling. */
#ifndef STAND_IN_UART_H
#define STAND_IN_UART_H

#include <zephyr/device.h>

/* 0 with a byte, -1 without. */
int uart_poll_in(const struct device *dev, unsigned char *byte);
void uart_poll_out(const struct device *dev, unsigned char byte);

#endif
