/* A stand-in for ESP-IDF around app_main, over the UART and counter of a QEMU machine. */
#include "board.h"
#include "esp_timer.h"
#include "stdio.h"
#include "freertos/task.h"
#include "print_format.h"

void app_main(void);

int64_t esp_timer_get_time(void)
{
    return ef_board.microseconds();
}

void vTaskDelay(TickType_t ticks)
{
    const int64_t end = esp_timer_get_time() + (int64_t)ticks * 10000;
    while (esp_timer_get_time() < end) {
    }
}

int printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_format(format, arguments);
    va_end(arguments);
    return 0;
}

int puts(const char *text)
{
    return printf("%s%s", text, "\n");
}

int main(void)
{
    ef_board_init();
    app_main();
    for (;;) {
    }
}
