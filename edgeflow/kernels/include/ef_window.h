/* The taps of a sliding window that lie inside the input, so that inner loops need no border check. */
#ifndef EF_WINDOW_H
#define EF_WINDOW_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Taps begin .. end - 1 of one dimension are inside. */
typedef struct {
    int32_t begin;
    int32_t end;
} ef_window;

/* Clip taps 0 .. taps - 1, tap k at position `origin + k * dilation`, to positions 0 .. size - 1. */
static inline ef_window ef_clip_window(int32_t origin, int32_t taps, int32_t dilation, int32_t size)
{
    ef_window window = {0, taps};
    int32_t first = origin;
    int32_t last = origin + (taps - 1) * dilation;
    while (window.begin < window.end && first < 0) {
        first += dilation;
        window.begin++;
    }
    while (window.end > window.begin && last >= size) {
        last -= dilation;
        window.end--;
    }
    return window;
}

/* The same of taps side by side, of a window that has at least one place inside. */
static inline ef_window ef_clip_neighbours(int32_t origin, int32_t taps, int32_t size)
{
    const ef_window window = {origin < 0 ? -origin : 0, taps < size - origin ? taps : size - origin};
    return window;
}

#ifdef __cplusplus
}
#endif

#endif
