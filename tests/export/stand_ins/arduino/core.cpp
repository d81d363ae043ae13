/* A stand-in for an Arduino core, over the UART and counter of a QEMU machine. */
#include "Arduino.h"

extern "C" {
#include "board.h"
}

StandInSerial Serial;

static size_t write_number(unsigned long number)
{
    char digits[10];
    size_t place = sizeof digits;
    do {
        digits[--place] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    ef_board.write(digits + place, sizeof digits - place);
    return sizeof digits - place;
}

void StandInSerial::begin(unsigned long)
{
    ef_board_init();
}

StandInSerial::operator bool() const
{
    return true;
}

/* The UART of the machine is asked in read, which waits. */
int StandInSerial::available()
{
    return 1;
}

int StandInSerial::read()
{
    return (unsigned char)ef_board_read();
}

size_t StandInSerial::write(const uint8_t *bytes, size_t byte_count)
{
    ef_board.write((const char *)bytes, byte_count);
    return byte_count;
}

size_t StandInSerial::print(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        ++length;
    }
    return write((const uint8_t *)text, length);
}

size_t StandInSerial::print(int number)
{
    return number < 0 ? print("-") + write_number(0ul - (unsigned long)number) : write_number((unsigned long)number);
}

size_t StandInSerial::println(const char *text)
{
    return print(text) + print("\r\n");
}

size_t StandInSerial::println(unsigned long number)
{
    return write_number(number) + print("\r\n");
}

unsigned long micros()
{
    return ef_board.microseconds();
}

unsigned long millis()
{
    return micros() / 1000;
}

void delay(unsigned long milliseconds)
{
    const unsigned long start = micros();
    while (micros() - start < milliseconds * 1000) {
    }
}

int main()
{
    setup();
    for (;;) {
        loop();
    }
}
