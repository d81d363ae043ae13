/* A stand-in: the one device that the exported samples choose, the console. */
#ifndef STAND_IN_DEVICE_H
#define STAND_IN_DEVICE_H

#include <stdbool.h>

struct device {
    const char *name;
};

extern const struct device stand_in_zephyr_console;

#define DT_CHOSEN(name) stand_in_##name
#define DEVICE_DT_GET(node) (&node)

bool device_is_ready(const struct device *dev);

#endif
