/* The four functions a C compiler may call on its own; there is no C library here. Words where both
 * pointers allow it. */
#include "string.h"

#include <stdint.h>

/* A loop that copies must not become a call of the function that it implements. */
#if defined(__clang__)
#define EF_NO_IDIOM __attribute__((no_builtin("memcpy", "memmove", "memset")))
#else
#define EF_NO_IDIOM __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

typedef uint32_t __attribute__((may_alias)) ef_word;

#define EF_WORD_BYTES sizeof(ef_word)

static int ef_are_aligned(const void *first, const void *second)
{
    return (((uintptr_t)first | (uintptr_t)second) % EF_WORD_BYTES) == 0;
}

/* Each byte is read before a higher one is written: also right when `to` is below an overlapping `from`. */
EF_NO_IDIOM static void ef_copy_upwards(uint8_t *to, const uint8_t *from, size_t byte_count)
{
    if (ef_are_aligned(to, from)) {
        for (; byte_count >= 4 * EF_WORD_BYTES; byte_count -= 4 * EF_WORD_BYTES) {
            ef_word *to_word = (ef_word *)(void *)to;
            const ef_word *from_word = (const ef_word *)(const void *)from;
            const ef_word a = from_word[0], b = from_word[1], c = from_word[2], d = from_word[3];
            to_word[0] = a;
            to_word[1] = b;
            to_word[2] = c;
            to_word[3] = d;
            to += 4 * EF_WORD_BYTES;
            from += 4 * EF_WORD_BYTES;
        }
    }
    while (byte_count-- > 0) {
        *to++ = *from++;
    }
}

EF_NO_IDIOM void *memcpy(void *restrict destination, const void *restrict source, size_t byte_count)
{
    ef_copy_upwards(destination, source, byte_count);
    return destination;
}

EF_NO_IDIOM void *memmove(void *destination, const void *source, size_t byte_count)
{
    uint8_t *to = destination;
    const uint8_t *from = source;
    if ((uintptr_t)to - (uintptr_t)from >= byte_count) {
        ef_copy_upwards(to, from, byte_count);
        return destination;
    }
    while (byte_count-- > 0) {
        to[byte_count] = from[byte_count];
    }
    return destination;
}

EF_NO_IDIOM void *memset(void *destination, int value, size_t byte_count)
{
    uint8_t *to = destination;
    const uint8_t byte = (uint8_t)value;
    if (ef_are_aligned(to, to)) {
        const ef_word pattern = (ef_word)byte * 0x01010101u;
        for (; byte_count >= EF_WORD_BYTES; byte_count -= EF_WORD_BYTES) {
            *(ef_word *)(void *)to = pattern;
            to += EF_WORD_BYTES;
        }
    }
    while (byte_count-- > 0) {
        *to++ = byte;
    }
    return destination;
}

EF_NO_IDIOM int memcmp(const void *left, const void *right, size_t byte_count)
{
    const uint8_t *a = left;
    const uint8_t *b = right;
    for (; byte_count-- > 0; ++a, ++b) {
        if (*a != *b) {
            return (int)*a - (int)*b;
        }
    }
    return 0;
}
