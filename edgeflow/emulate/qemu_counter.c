/* A TCG plugin that counts basic blocks in QEMU with block_counter.c.
 *
 * Arguments: code=FILE (the halfwords of the program), slots=FILE (an int16 for each of them),
 * start=ADDRESS of the first, out=FILE (gets the used entries of the table at the end),
 * architecture=arm or riscv. Only the few declarations of QEMU's plugin interface
 * (docs/devel/tcg-plugins.rst) that are used stand here: distributions do not ship its header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block_counter.h"

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *block, void (*callback)(unsigned cpu, void *user_data), int flags, void *user_data);
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, void *user_data), void *user_data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);

#define EF_EXPORT __attribute__((visibility("default")))
#define EF_CALLBACK_WITHOUT_REGISTERS 0
#define EF_CAPACITY (1u << 18)

EF_EXPORT int qemu_plugin_version = EF_PLUGIN_VERSION;
EF_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

static ef_counter ef_count;
static const uint16_t *ef_code;
static const char *ef_result_path;
static int (*ef_is_wide)(uint16_t first_halfword);

/* QEMU cannot be stopped from here: the caller has a time limit, and sees is_full in the result. */
static int ef_no_stop(void *engine)
{
    (void)engine;
    return 0;
}

static void ef_on_execution(unsigned cpu, void *user_data)
{
    const uint64_t place = (uint64_t)(uintptr_t)user_data;
    (void)cpu;
    ef_count_block(NULL, place & 0xFFFFFFFFu, (uint32_t)(place >> 32), &ef_count);
}

/* Armv7-M Architecture Reference Manual, section A5.1. */
static int ef_is_wide_thumb(uint16_t first_halfword)
{
    return first_halfword >> 11 >= 0x1D;
}

/* RISC-V unprivileged architecture, section 1.5. */
static int ef_is_wide_riscv(uint16_t first_halfword)
{
    return (first_halfword & 3) == 3;
}

/* Bytes of the instruction at an address. QEMU 7.2 itself says 2 for a wide one that crosses into
 * another page. */
static uint32_t ef_instruction_bytes(uint32_t address)
{
    const uint32_t halfword = (address - ef_count.code_start) / 2;
    return halfword < ef_count.code_halfwords && ef_is_wide(ef_code[halfword]) ? 4 : 2;
}

static void ef_on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
    const size_t last_index = qemu_plugin_tb_n_insns(block) - 1;
    const uint32_t address = (uint32_t)qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(block, 0));
    const uint32_t last = (uint32_t)qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(block, last_index));
    const uint64_t byte_count = last + ef_instruction_bytes(last) - address;
    void *place = (void *)(uintptr_t)(byte_count << 32 | address);
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(block, ef_on_execution, EF_CALLBACK_WITHOUT_REGISTERS, place);
}

static void ef_on_exit(qemu_plugin_id_t id, void *user_data)
{
    FILE *file = fopen(ef_result_path, "wb");
    (void)id;
    (void)user_data;
    if (file == NULL) {
        return;
    }
    for (uint32_t i = 0; i < ef_count.capacity && !ef_count.is_full; ++i) {
        if (ef_count.table[i].used) {
            fwrite(&ef_count.table[i], sizeof ef_count.table[i], 1, file);
        }
    }
    fclose(file);
}

/* The whole of a file of 16-bit values; null when it cannot be read. */
static void *ef_load(const char *path, uint32_t *halfwords)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        return NULL;
    }
    const size_t byte_count = (size_t)ftell(file);
    void *content = malloc(byte_count);
    rewind(file);
    if (content == NULL || fread(content, 1, byte_count, file) != byte_count) {
        return NULL;
    }
    fclose(file);
    *halfwords = (uint32_t)(byte_count / 2);
    return content;
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
    uint32_t slot_halfwords = 0;
    (void)info;
    for (int i = 0; i < argc; ++i) {
        if (strncmp(argv[i], "slots=", 6) == 0) {
            ef_count.slot_of = ef_load(argv[i] + 6, &slot_halfwords);
        } else if (strncmp(argv[i], "code=", 5) == 0) {
            ef_code = ef_load(argv[i] + 5, &ef_count.code_halfwords);
        } else if (strncmp(argv[i], "start=", 6) == 0) {
            ef_count.code_start = (uint32_t)strtoul(argv[i] + 6, NULL, 0);
        } else if (strncmp(argv[i], "out=", 4) == 0) {
            ef_result_path = strdup(argv[i] + 4);
        } else if (strcmp(argv[i], "architecture=arm") == 0) {
            ef_is_wide = ef_is_wide_thumb;
        } else if (strcmp(argv[i], "architecture=riscv") == 0) {
            ef_is_wide = ef_is_wide_riscv;
        }
    }
    ef_count.capacity = EF_CAPACITY;
    ef_count.table = calloc(EF_CAPACITY, sizeof *ef_count.table);
    ef_count.block_limit = UINT64_MAX;
    ef_count.stop = ef_no_stop;
    if (ef_count.table == NULL || ef_count.slot_of == NULL || ef_code == NULL || ef_result_path == NULL ||
        ef_is_wide == NULL || slot_halfwords != ef_count.code_halfwords) {
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, ef_on_translation);
    qemu_plugin_register_atexit_cb(id, ef_on_exit, NULL);
    return 0;
}
