#ifndef EF_FLASH_CACHE_H
#define EF_FLASH_CACHE_H

#include <stdint.h>

/* Lines of the flash that a cache holds, the one used last first: a ring of entries in order of use. Entry
 * 0 is none: its neighbours are the newest and the oldest. With no entries every access misses. */
typedef struct {
    uint32_t entries;
    uint32_t used;
    uint16_t *entry_of; /* of each line of the flash, 0 for one that is not in the cache */
    uint32_t *line;     /* of each entry, entries + 1 of them */
    uint16_t *newer;
    uint16_t *older;
} ef_cache;

/* What stands between the core and its flash; both caches may be one. Misses are counted by slot. */
typedef struct {
    uint32_t start; /* address of the first line */
    uint32_t byte_count;
    uint32_t line_bytes;
    ef_cache *instructions;
    ef_cache *data;
    uint64_t *instruction_misses;
    uint64_t *data_misses;
} ef_flash;

/* Lines of [address, address + byte_count) that the cache did not hold, which it does afterwards; what
 * lies outside the flash counts for nothing. */
uint32_t ef_cache_misses(const ef_flash *flash, ef_cache *cache, uint32_t address, uint32_t byte_count);

#endif
