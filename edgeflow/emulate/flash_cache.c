/* A cache between core and flash: fully associative, the line that was used longest ago goes first. */
#include "flash_cache.h"

static void ef_unlink(ef_cache *cache, uint16_t entry)
{
    cache->newer[cache->older[entry]] = cache->newer[entry];
    cache->older[cache->newer[entry]] = cache->older[entry];
}

static void ef_put_first(ef_cache *cache, uint16_t entry)
{
    const uint16_t newest = cache->older[0];
    cache->older[entry] = newest;
    cache->newer[entry] = 0;
    cache->newer[newest] = entry;
    cache->older[0] = entry;
}

/* 1 if the line was not there. */
static uint32_t ef_use_line(ef_cache *cache, uint32_t line)
{
    uint16_t entry = cache->entry_of[line];
    const uint32_t is_miss = entry == 0;
    if (cache->entries == 0) {
        return 1;
    }
    if (!is_miss && cache->older[0] == entry) {
        return 0;
    }
    if (!is_miss) {
        ef_unlink(cache, entry);
    } else if (cache->used < cache->entries) {
        entry = (uint16_t)++cache->used;
    } else {
        entry = cache->newer[0]; /* the oldest */
        ef_unlink(cache, entry);
        cache->entry_of[cache->line[entry]] = 0;
    }
    cache->line[entry] = line;
    cache->entry_of[line] = entry;
    ef_put_first(cache, entry);
    return is_miss;
}

uint32_t ef_cache_misses(const ef_flash *flash, ef_cache *cache, uint32_t address, uint32_t byte_count)
{
    const uint32_t offset = address - flash->start;
    if (byte_count == 0 || offset >= flash->byte_count || byte_count > flash->byte_count - offset) {
        return 0;
    }
    const uint32_t last = (offset + byte_count - 1) / flash->line_bytes;
    uint32_t misses = 0;
    for (uint32_t line = offset / flash->line_bytes; line <= last; ++line) {
        misses += ef_use_line(cache, line);
    }
    return misses;
}
