/* The application around a model, the same on every platform: cases in, results out, then the
 * stack's high-water mark. ef_app_model.h maps the model's names to those used here and holds the arena. */
#include <stdint.h>

#include "ef_app_model.h"
#include "ef_platform.h"

#ifdef EF_APP_FRAMES
#include "ef_frames.h"

/* The cases are raw pictures. */
static int ef_read_case(void)
{
    return ef_read_frame(ef_app_input(EF_APP_ARENA, 0), ef_app_input_bytes(0));
}
#else
#ifdef EF_APP_STATEFUL
/* A byte before each case: 0 to keep the state of the case before, else to begin anew. 0 at the end. */
static int ef_prepare_state(void)
{
    uint8_t is_first = 0;
    if (ef_platform_read(&is_first, 1) == 0) {
        return 0;
    }
    if (is_first != 0 && ef_app_reset(EF_APP_ARENA) != 0) {
        ef_platform_exit(EF_EXIT_INVOKE);
    }
    return 1;
}
#endif

/* Returns 0 at the end of the input; ends the program when it stops inside a case. */
static int ef_read_case(void)
{
#ifdef EF_APP_STATEFUL
    if (!ef_prepare_state()) {
        return 0;
    }
    const int is_inside = 1;
#else
    const int is_inside = 0;
#endif
    for (int index = 0; index < EF_APP_INPUT_COUNT; ++index) {
        const size_t wanted = ef_app_input_bytes(index);
        const size_t got = ef_platform_read(ef_app_input(EF_APP_ARENA, index), wanted);
        if (got == 0 && index == 0 && !is_inside) {
            return 0;
        }
        if (got != wanted) {
            ef_platform_exit(EF_EXIT_SHORT_INPUT);
        }
    }
    return 1;
}
#endif

static void ef_write_trailer(void)
{
    const uint32_t stack_bytes = (uint32_t)ef_platform_stack_bytes();
    uint8_t trailer[8] = {'E', 'F', 'S', 'T', 0, 0, 0, 0};
    for (unsigned i = 0; i < 4; ++i) {
        trailer[4 + i] = (uint8_t)(stack_bytes >> (8 * i));
    }
    ef_platform_write(trailer, sizeof trailer);
}

int main(void)
{
    ef_platform_init();
    while (ef_read_case()) {
        if (ef_app_invoke(EF_APP_ARENA) != 0) {
            ef_platform_exit(EF_EXIT_INVOKE);
        }
        for (int index = 0; index < EF_APP_OUTPUT_COUNT; ++index) {
            ef_platform_write(ef_app_output(EF_APP_ARENA, index), ef_app_output_bytes(index));
        }
    }
    ef_write_trailer();
    ef_platform_exit(0);
    return 0;
}
