/* A bare-metal core as a platform: inputs.bin and outputs.bin on the debugger's or emulator's side,
 * reached by semihosting: Arm's operations (github.com/ARM-software/abi-aa, semihosting.rst), which
 * RISC-V takes over. */
#include <stdint.h>

#include "ef_core.h"
#include "ef_platform.h"
#include "ef_semihosting.h"
#include "ef_stack.h"

enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_EXIT_EXTENDED = 0x20,
    OPEN_READ_BINARY = 1,
    OPEN_WRITE_BINARY = 5,
    ADP_STOPPED_APPLICATION_EXIT = 0x20026,
    NO_FILE = -1
};

static int32_t ef_input_file = NO_FILE;
static int32_t ef_output_file = NO_FILE;

static int32_t ef_open(const char *name, uint32_t name_length, uint32_t mode)
{
    const uint32_t block[3] = {(uint32_t)(uintptr_t)name, mode, name_length};
    return ef_semihosting_call(SYS_OPEN, block);
}

/* Returns the bytes that were NOT transferred, as semihosting does. */
static size_t ef_transfer(uint32_t operation, int32_t file, const void *data, size_t byte_count)
{
    const uint32_t block[3] = {(uint32_t)file, (uint32_t)(uintptr_t)data, (uint32_t)byte_count};
    return (size_t)ef_semihosting_call(operation, block);
}

void ef_platform_init(void)
{
    static const char input_name[] = "inputs.bin";
    static const char output_name[] = "outputs.bin";
    ef_input_file = ef_open(input_name, sizeof input_name - 1, OPEN_READ_BINARY);
    ef_output_file = ef_open(output_name, sizeof output_name - 1, OPEN_WRITE_BINARY);
    if (ef_input_file == NO_FILE || ef_output_file == NO_FILE) {
        ef_platform_exit(EF_EXIT_IO);
    }
}

size_t ef_platform_read(void *data, size_t byte_count)
{
    return byte_count - ef_transfer(SYS_READ, ef_input_file, data, byte_count);
}

void ef_platform_write(const void *data, size_t byte_count)
{
    if (ef_transfer(SYS_WRITE, ef_output_file, data, byte_count) != 0) {
        ef_platform_exit(EF_EXIT_IO);
    }
}

size_t ef_platform_stack_bytes(void)
{
    const volatile uint32_t *word = ef_stack_limit;
    if (*word != EF_STACK_PAINT) {
        ef_platform_exit(EF_EXIT_STACK_OVERFLOW);
    }
    while (word < ef_stack_top && *word == EF_STACK_PAINT) {
        ++word;
    }
    return (size_t)((uintptr_t)ef_stack_top - (uintptr_t)word);
}

void ef_semihosting_fault(uint32_t return_address)
{
    uint8_t record[8] = {'E', 'F', 'H', 'F', 0, 0, 0, 0};
    for (unsigned i = 0; i < 4; ++i) {
        record[4 + i] = (uint8_t)(return_address >> (8 * i));
    }
    if (ef_output_file != NO_FILE) {
        (void)ef_transfer(SYS_WRITE, ef_output_file, record, sizeof record);
    }
}

void ef_platform_exit(int code)
{
    const uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, (uint32_t)code};
    if (ef_output_file != NO_FILE) {
        const uint32_t file[1] = {(uint32_t)ef_output_file};
        (void)ef_semihosting_call(SYS_CLOSE, file);
    }
    for (;;) {
        (void)ef_semihosting_call(SYS_EXIT_EXTENDED, block);
    }
}
