/* The model as a shared library: one case per call, and a callback that sees every tensor. */
#include <stdint.h>
#include <string.h>

#include "ef_app_model.h"

typedef void (*ef_trace_callback)(int tensor_id, const void *data, size_t byte_count);

#define EF_EXPORT __attribute__((visibility("default")))

EF_EXPORT void ef_library_set_trace(ef_trace_callback callback);
EF_EXPORT int ef_library_run(const uint8_t *inputs, uint8_t *outputs);
void ef_trace(int tensor_id, const void *data, size_t byte_count);

static ef_trace_callback ef_callback;

void ef_library_set_trace(ef_trace_callback callback)
{
    ef_callback = callback;
}

/* The generated invoke calls this after every operator: the build defines EF_TRACE_ENABLED. */
void ef_trace(int tensor_id, const void *data, size_t byte_count)
{
    if (ef_callback != NULL) {
        ef_callback(tensor_id, data, byte_count);
    }
}

/* Inputs and outputs lie one after the other, as in the program's files. Returns invoke's result.
 * The arena is filled first, so that a value left by the case before cannot hide a missing write; a
 * case that keeps the state of the one before needs it. */
int ef_library_run(const uint8_t *inputs, uint8_t *outputs)
{
#ifdef EF_APP_STATEFUL
    const int is_first = *inputs++ != 0;
#else
    const int is_first = 1;
#endif
    if (is_first) {
        EF_APP_FILL_ARENA(0xA5);
    }
#ifdef EF_APP_STATEFUL
    if (is_first && ef_app_reset(EF_APP_ARENA) != 0) {
        return -1;
    }
#endif
    for (int index = 0; index < EF_APP_INPUT_COUNT; ++index) {
        const size_t byte_count = ef_app_input_bytes(index);
        memcpy(ef_app_input(EF_APP_ARENA, index), inputs, byte_count);
        inputs += byte_count;
    }
    const int result = ef_app_invoke(EF_APP_ARENA);
    for (int index = 0; index < EF_APP_OUTPUT_COUNT; ++index) {
        const size_t byte_count = ef_app_output_bytes(index);
        memcpy(outputs, ef_app_output(EF_APP_ARENA, index), byte_count);
        outputs += byte_count;
    }
    return result;
}
