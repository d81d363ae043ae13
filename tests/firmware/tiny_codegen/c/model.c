/* Two operators by hand, with the API of generated code: y = clamp(x + 3), z = (W y + b) >> 4. */
#include "model.h"

#include <stdint.h>
#include <string.h>

#include "ef_tiny.h"

#ifdef EF_TRACE_ENABLED
void ef_trace(int tensor_id, const void *data, size_t byte_count);
#define EF_TRACE(tensor_id, data, byte_count) ef_trace(tensor_id, data, byte_count)
#else
#define EF_TRACE(tensor_id, data, byte_count) ((void)0)
#endif

#define AT(arena, offset) ((void *)((uint8_t *)(arena) + (offset)))

static const int8_t tiny_weights_0[32] = {
    1, -2, 3, -4, 5, -6, 7, -8, 8, 7, 6, 5, 4, 3, 2, 1, -1, -1, -1, -1, 1, 1, 1, 1, 0, 9, 0, -9, 0, 9, 0, -9,
};
static const int32_t tiny_bias_0[4] = {100, -200, 300, -400};

static __attribute__((noinline)) void tiny_op00_add(void *arena)
{
    ef_tiny_add(AT(arena, 0), AT(arena, 16), 8);
}

static __attribute__((noinline)) void tiny_op01_fully_connected(void *arena)
{
    ef_tiny_spin();
    ef_tiny_fully_connected(AT(arena, 16), tiny_weights_0, tiny_bias_0, AT(arena, 32));
}

void *tiny_input(void *arena, int index)
{
    (void)index;
    return AT(arena, 0);
}

const void *tiny_output(const void *arena, int index)
{
    (void)index;
    return (const uint8_t *)arena + 32;
}

size_t tiny_input_bytes(int index)
{
    (void)index;
    return TINY_INPUT0_BYTES;
}

size_t tiny_output_bytes(int index)
{
    (void)index;
    return TINY_OUTPUT0_BYTES;
}

int tiny_invoke(void *arena)
{
    if (arena == NULL || (uintptr_t)arena % TINY_ARENA_ALIGNMENT != 0) {
        return -1;
    }
    tiny_op00_add(arena);
    EF_TRACE(1, AT(arena, 16), 8);
    tiny_op01_fully_connected(arena);
    EF_TRACE(2, AT(arena, 32), 4);
    return 0;
}
