#include "ef_protocol_text.h"

void ef_write_text(const ef_protocol *protocol, const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        ++length;
    }
    protocol->board->write(text, length);
}

void ef_write_line(const ef_protocol *protocol, const char *before, const char *text, const char *after)
{
    ef_write_text(protocol, before);
    ef_write_text(protocol, text);
    ef_write_text(protocol, after);
    ef_write_text(protocol, "\r\n");
}

void ef_write_number(const ef_protocol *protocol, uint32_t value)
{
    char digits[10];
    size_t place = sizeof digits;
    do {
        digits[--place] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    protocol->board->write(digits + place, sizeof digits - place);
}

void ef_write_hex(const ef_protocol *protocol, uint8_t value)
{
    static const char digits[] = "0123456789abcdef";
    const char text[2] = {digits[value >> 4], digits[value & 15]};
    protocol->board->write(text, 2);
}

void ef_write_real(const ef_protocol *protocol, float value)
{
    if (value < 0) {
        ef_write_text(protocol, "-");
        value = -value;
    }
    /* Above this a float has no decimals of its own that would matter. */
    const uint32_t thousandths = value < 4000000.0f ? (uint32_t)(value * 1000.0f + 0.5f) : 4000000000u;
    ef_write_number(protocol, thousandths / 1000);
    const char decimals[4] = {'.', (char)('0' + thousandths / 100 % 10), (char)('0' + thousandths / 10 % 10),
                              (char)('0' + thousandths % 10)};
    protocol->board->write(decimals, sizeof decimals);
}

int ef_hex_digit(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    return -1;
}

int32_t ef_read_number(const char **text)
{
    const char *place = *text;
    int32_t value = 0;
    if (*place < '0' || *place > '9') {
        return -1;
    }
    while (*place >= '0' && *place <= '9') {
        const int32_t digit = *place++ - '0';
        if (value > (INT32_MAX - digit) / 10) {
            return -1;
        }
        value = value * 10 + digit;
    }
    while (*place == ' ') {
        ++place;
    }
    *text = place;
    return value;
}

int ef_read_word(const char **text, const char *word)
{
    const char *place = *text;
    while (*word != '\0') {
        if (*place++ != *word++) {
            return 0;
        }
    }
    if (*place != '\0' && *place != ' ') {
        return 0;
    }
    while (*place == ' ') {
        ++place;
    }
    *text = place;
    return 1;
}
