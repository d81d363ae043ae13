/* A stand-in for the header of an Arduino core: only what the exported sketches use, with the signatures of
 * the Arduino language reference (Serial, time). */
#ifndef STAND_IN_ARDUINO_H
#define STAND_IN_ARDUINO_H

#include <stddef.h>
#include <stdint.h>

class StandInSerial {
public:
    void begin(unsigned long baud);
    operator bool() const;
    int available();
    int read();
    size_t write(const uint8_t *bytes, size_t byte_count);
    size_t print(const char *text);
    size_t print(int number);
    size_t println(const char *text);
    size_t println(unsigned long number);
};

extern StandInSerial Serial;

unsigned long millis();
unsigned long micros();
void delay(unsigned long milliseconds);

void setup();
void loop();

#endif
