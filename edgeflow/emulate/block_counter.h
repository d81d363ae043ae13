#ifndef EF_BLOCK_COUNTER_H
#define EF_BLOCK_COUNTER_H

#include <stdint.h>

#include "flash_cache.h"

typedef struct {
    uint32_t slot;
    uint32_t address;
    uint32_t byte_count;
    uint32_t used;
    uint64_t executions;
    uint64_t taken; /* how often the next block was not the one behind it */
} ef_block;

typedef struct {
    uint32_t code_start;     /* address of the first halfword that slot_of describes */
    uint32_t code_halfwords;
    const int16_t *slot_of;  /* slot to enter at that halfword, -1 to stay in the one before */
    ef_block *table;
    uint32_t capacity;       /* a power of two */
    uint32_t used;
    uint64_t block_limit;    /* the run is stopped after so many blocks */
    uint64_t block_count;
    ef_block *previous;
    int (*stop)(void *engine);
    uint32_t slot;
    uint32_t is_full;
    ef_flash *flash; /* null where nothing waits for the flash, or nobody knows how */
} ef_counter;

/* Counts one execution of a block; user_data is the ef_counter. The signature is that of unicorn's
 * UC_HOOK_BLOCK callback. */
void ef_count_block(void *engine, uint64_t address, uint32_t byte_count, void *user_data);

/* Counts a read of data for the slot that runs; the hook is limited to the flash. The signature is that
 * of unicorn's UC_HOOK_MEM_READ callback. */
void ef_count_read(
    void *engine, int type, uint64_t address, int byte_count, int64_t value, void *user_data);

#endif
