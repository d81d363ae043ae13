#include "tensorflow/lite/micro/micro_log.h"

#include <cstdarg>

extern "C" void stand_in_print(const char* text);

static void print_number(int value) {
  char digits[12];
  char* first = digits + sizeof digits - 1;
  unsigned rest = value < 0 ? 0u - static_cast<unsigned>(value) : static_cast<unsigned>(value);
  *first = '\0';
  do {
    *--first = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) {
    *--first = '-';
  }
  stand_in_print(first);
}

void MicroPrintf(const char* format, ...) {
  va_list values;
  va_start(values, format);
  for (; *format != '\0'; ++format) {
    if (format[0] == '%' && format[1] == 's') {
      stand_in_print(va_arg(values, const char*));
      ++format;
    } else if (format[0] == '%' && format[1] == 'd') {
      print_number(va_arg(values, int));
      ++format;
    } else {
      const char text[2] = {*format, '\0'};
      stand_in_print(text);
    }
  }
  va_end(values);
  stand_in_print("\n");
}
