#include "print_format.h"

#include "board.h"

static void print_text(const char *text)
{
    for (; *text != '\0'; ++text) {
        ef_board.write(text, 1);
    }
}

static void print_number(int number)
{
    char digits[12];
    size_t place = sizeof digits - 1;
    unsigned int rest = number < 0 ? 0u - (unsigned int)number : (unsigned int)number;
    digits[place] = '\0';
    do {
        digits[--place] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    print_text(number < 0 ? "-" : "");
    print_text(digits + place);
}

void print_format(const char *format, va_list arguments)
{
    for (; *format != '\0'; ++format) {
        if (*format != '%') {
            ef_board.write(*format == '\n' ? "\r\n" : format, *format == '\n' ? 2 : 1);
            continue;
        }
        ++format;
        if (*format == 's') {
            print_text(va_arg(arguments, const char *));
        } else if (*format == 'd') {
            print_number(va_arg(arguments, int));
        } else {
            print_text("e-[The stand-in knows only %s and %d]\r\n");
            return;
        }
    }
}
