/* A stand-in: esp_timer.h of ESP-IDF, as far as the exported example uses it. */
#ifndef STAND_IN_ESP_TIMER_H
#define STAND_IN_ESP_TIMER_H

#include <stdint.h>

int64_t esp_timer_get_time(void);

#endif
