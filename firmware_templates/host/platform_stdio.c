/* The desktop as a platform: cases on stdin, results on stdout. */
#include <stdio.h>
#include <stdlib.h>

#include "ef_platform.h"

void ef_platform_init(void)
{
}

size_t ef_platform_read(void *data, size_t byte_count)
{
    return fread(data, 1, byte_count, stdin);
}

void ef_platform_write(const void *data, size_t byte_count)
{
    if (fwrite(data, 1, byte_count, stdout) != byte_count) {
        ef_platform_exit(EF_EXIT_IO);
    }
}

size_t ef_platform_stack_bytes(void)
{
    return 0;
}

void ef_platform_exit(int code)
{
    if (fflush(stdout) != 0 && code == 0) {
        code = EF_EXIT_IO;
    }
    exit(code);
}
