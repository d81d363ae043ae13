/* Counts basic blocks per slot while an emulator runs. In C because a Python hook would be called tens
 * of millions of times; block_counter.py and qemu_counter.py compile it at first use. */
#include "block_counter.h"

#define EF_NO_SLOT (-1)

static uint32_t ef_hash(uint32_t slot, uint32_t address, uint32_t byte_count)
{
    uint64_t key = ((uint64_t)slot << 40) ^ ((uint64_t)byte_count << 32) ^ address;
    key *= 0x9E3779B97F4A7C15u; /* Knuth, multiplicative hashing by the golden ratio */
    return (uint32_t)(key >> 32);
}

/* The entry of a block, made when absent; null when the table is nearly full. */
static ef_block *ef_find(ef_counter *counter, uint32_t address, uint32_t byte_count)
{
    const uint32_t mask = counter->capacity - 1;
    uint32_t index = ef_hash(counter->slot, address, byte_count) & mask;
    for (;; index = (index + 1) & mask) {
        ef_block *block = &counter->table[index];
        if (!block->used) {
            if (counter->used >= counter->capacity - counter->capacity / 4) {
                return 0;
            }
            *block = (ef_block){counter->slot, address, byte_count, 1, 0, 0};
            counter->used++;
            return block;
        }
        if (block->address == address && block->slot == counter->slot && block->byte_count == byte_count) {
            return block;
        }
    }
}

void ef_count_block(void *engine, uint64_t address, uint32_t byte_count, void *user_data)
{
    ef_counter *counter = user_data;
    const uint32_t halfword = ((uint32_t)address - counter->code_start) / 2;
    if (halfword < counter->code_halfwords && counter->slot_of[halfword] != EF_NO_SLOT) {
        counter->slot = (uint32_t)counter->slot_of[halfword];
    }
    if (counter->flash != 0) {
        counter->flash->instruction_misses[counter->slot] +=
            ef_cache_misses(counter->flash, counter->flash->instructions, (uint32_t)address, byte_count);
    }
    ef_block *previous = counter->previous;
    if (previous != 0 && previous->address + previous->byte_count != (uint32_t)address) {
        previous->taken++;
    }
    ef_block *block = ef_find(counter, (uint32_t)address, byte_count);
    if (block == 0) {
        counter->is_full = 1;
        counter->stop(engine);
        return;
    }
    block->executions++;
    counter->previous = block;
    if (++counter->block_count >= counter->block_limit) {
        counter->stop(engine);
    }
}

void ef_count_read(void *engine, int type, uint64_t address, int byte_count, int64_t value, void *user_data)
{
    ef_counter *counter = user_data;
    (void)engine;
    (void)type;
    (void)value;
    counter->flash->data_misses[counter->slot] +=
        ef_cache_misses(counter->flash, counter->flash->data, (uint32_t)address, (uint32_t)byte_count);
}
