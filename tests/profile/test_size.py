"""Sizes of really linked images against figures counted by hand and by binutils."""

import shutil
import subprocess

import pytest

from edgeflow.errors import InternalError
from edgeflow.profile.image import Image, Section, Symbol, read_image
from edgeflow.profile.size import image_size

WEIGHTS = 100 + 40 + 40 + 40 + 256 + 3
ARENA = 2048
VECTORS = 8 * 4
DATA = 24
OTHER_BSS = 36


@pytest.fixture
def image(link, compiler):
    return read_image(link(compiler, "sizes.c"))


def test_weights_are_the_models_constant_arrays_and_nothing_else(image):
    size = image_size(image, "digits")
    assert size.weights_bytes == WEIGHTS
    assert size.code_bytes == size.flash_bytes - WEIGHTS


def test_every_stored_section_counts_in_flash_and_data_also_in_ram(image):
    size = image_size(image, "digits")
    sections = {s.name: s for s in size.sections}
    assert (sections[".vectors"].flash_bytes, sections[".vectors"].ram_bytes) == (VECTORS, 0)
    assert (sections[".data"].flash_bytes, sections[".data"].ram_bytes) == (DATA, DATA)
    assert sections[".bss"].flash_bytes == 0
    assert sections[".bss"].ram_bytes >= ARENA + OTHER_BSS
    assert 0 <= size.flash_bytes - sum(s.flash_bytes for s in size.sections) < 32


def test_data_is_stored_behind_the_constants_and_runs_in_ram(image):
    data = next(s for s in image.sections if s.name == ".data")
    constants = next(s for s in image.sections if s.name == ".rodata")
    assert data.address == 0x2000_0000
    assert 0 <= data.load_address - constants.end < 64


def test_static_ram_leaves_out_arena_and_stack(image):
    size = image_size(image, "digits")
    padding = 8 + 12  # to the arena's alignment, and behind it
    assert DATA + OTHER_BSS <= size.static_bytes <= DATA + OTHER_BSS + padding


def test_flash_is_what_binutils_writes_to_a_flash_image(link, compiler, tmp_path):
    objcopy = shutil.which("arm-none-eabi-objcopy")
    if objcopy is None:
        pytest.skip("arm-none-eabi-objcopy is not installed")
    elf = link(compiler, "sizes.c")
    binary = tmp_path / "flash.bin"
    subprocess.run([objcopy, "-O", "binary", str(elf), str(binary)], check=True)
    assert image_size(read_image(elf), "digits").flash_bytes == binary.stat().st_size


def test_another_models_prefix_has_other_weights(image):
    assert image_size(image, "other").weights_bytes == 50
    assert image_size(image, "digit").weights_bytes == 0


def test_image_without_arena_is_refused(image):
    without = Image(image.sections, tuple(s for s in image.symbols if s.name != "ef_arena"), "EM_ARM")
    with pytest.raises(InternalError, match="no symbol `ef_arena`"):
        image_size(without, "digits")


def section(name, address, byte_count, *, load=None, alignment=4, stored=True):
    is_writable = name in {".data", ".bss", ".stack"}
    place = (address, address if load is None else load)
    return Section(name, *place, byte_count, alignment, stored, is_writable=is_writable)


ARENA_SYMBOL = Symbol("ef_arena", 0x2000_0000, 64)
BSS = section(".bss", 0x2000_0000, 64, stored=False)

# Layouts that one linker or the other makes: sections, symbols, (flash, weights, static).
LAYOUTS = {
    "arrays the linker merged count once": (
        [section(".rodata", 0x1000, 32), BSS],
        [Symbol("m_bias_0", 0x1000, 16), Symbol("m_bias_1", 0x1000, 16), Symbol("m_shift_0", 0x1008, 16)],
        (32, 24, 0),
    ),
    "one inside the other": (
        [section(".rodata", 0x1000, 32), BSS],
        [Symbol("m_table_0", 0x1000, 32), Symbol("m_bias_0", 0x1008, 4), Symbol("m_bias_1", 0x101C, 4)],
        (32, 32, 0),
    ),
    "padding before an aligned section is flash": (
        [section(".text", 0x0, 10), section(".rodata", 0x10, 6, alignment=16), BSS],
        [],
        (22, 0, 0),
    ),
    "one byte of padding": (
        [section(".text", 0x0, 7), section(".rodata", 0x8, 4), BSS],
        [],
        (12, 0, 0),
    ),
    "a gap between two memories is not": (
        [section(".boot", 0x0, 8), section(".text", 0x1000, 8), BSS],
        [],
        (16, 0, 0),
    ),
    "code that runs in RAM takes both": (
        [section(".text", 0x0, 8), BSS, section(".ramfunc", 0x2000_0040, 12, load=0x8)],
        [],
        (20, 0, 12),
    ),
    "RAM below the SRAM region": (
        [
            section(".text", 0x0, 8),
            section(".data", 0x1000_0000, 12, load=0x8),
            section(".bss", 0x1000_000C, 64 + 4, stored=False),
            section(".stack", 0x1000_0050, 2048, stored=False),
        ],
        [],
        (20, 0, 16),
    ),
    "flash above the SRAM of Arm's parts": (
        [section(".text", 0x4200_0000, 8), section(".rodata", 0x4200_0008, 4), BSS],
        [],
        (12, 0, 0),
    ),
    "read-only constructors table stays in flash": (
        [section(".init_array", 0x100, 8), BSS],
        [],
        (8, 0, 0),
    ),
    "the linker script's stack is no static RAM": (
        [BSS, section(".stack", 0x2000_0040, 1024, stored=False)],
        [],
        (0, 0, 0),
    ),
    "data without a load address of its own still needs flash": (
        [section(".data", 0x2000_0040, 20), BSS],
        [],
        (20, 0, 20),
    ),
}


@pytest.mark.parametrize("case", LAYOUTS)
def test_layout(case):
    sections, symbols, expected = LAYOUTS[case]
    size = image_size(Image(tuple(sections), (*symbols, ARENA_SYMBOL), "EM_ARM"), "m")
    assert (size.flash_bytes, size.weights_bytes, size.static_bytes) == expected
    assert size.code_bytes + size.weights_bytes == size.flash_bytes
