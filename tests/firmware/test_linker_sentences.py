"""What compilers and linkers print, and the sentence that the user reads."""

import pytest

from edgeflow.firmware.linker_errors import Limits, build_error
from edgeflow.firmware.machine import Machine, Region

LIMITS = Limits(Machine("board", "cortex-m3", Region("f", 0, 1000), Region("r", 0x20000000, 500)), 200)

LLD_FLASH = """ld.lld: error: section '.text' will not fit in region 'FLASH': overflowed by 2502 bytes
ld.lld: error: section '.rodata' will not fit in region 'FLASH': overflowed by 2520 bytes
"""
GNU_FLASH = """/usr/bin/ld: og.elf section `.text' will not fit in region `FLASH'
/usr/bin/ld: region `FLASH' overflowed by 2460 bytes
collect2: error: ld returned 1 exit status
"""
GNU_BOTH = """ld: a.elf section `.stack' will not fit in region `RAM'
ld: region `FLASH' overflowed by 1 bytes
ld: region `RAM' overflowed by 300 bytes
"""
CASES = {
    "lld flash": (
        LLD_FLASH,
        "program too large: flash overflows by 2520 bytes (3520 needed, 1000 on `board`)",
    ),
    "gnu flash": (
        GNU_FLASH,
        "program too large: flash overflows by 2460 bytes (3460 needed, 1000 on `board`)",
    ),
    "both": (
        GNU_BOTH,
        (
            "program too large: flash overflows by 1 bytes (1001 needed, 1000 on `board`) and RAM overflows"
            " by 300 bytes (800 needed with a stack of 200, 500 on `board`)"
        ),
    ),
    "lld undefined": (
        "ld.lld: error: undefined symbol: roundf\n>>> referenced by ef_x.c\n",
        "the program uses `roundf`, which nothing defines",
    ),
    "gnu undefined": (
        "ld: objects/a.o: in function `f':\na.c:(.text.f+0x2): undefined reference to `roundf'\n",
        "the program uses `roundf`, which nothing defines",
    ),
    "lld twice": (
        "ld.lld: error: duplicate symbol: f\n>>> defined at a.c\n",
        "the program defines `f` twice",
    ),
    "gnu twice": (
        "ld: b.o: in function `f':\nb.c:1: multiple definition of `f'; a.o\n",
        "the program defines `f` twice",
    ),
    "diagnostic": (
        "In file included from model.c:3:\nef_x.h:9:5: error: unknown type name 'int9_t'\n",
        "the compiler refused `ef_x.h` at line 9: unknown type name 'int9_t'",
    ),
    "missing header": (
        "model.c:2:10: fatal error: 'math.h' file not found\n",
        "the compiler refused `model.c` at line 2: 'math.h' file not found",
    ),
    "other": ("zig: error: no space left\n", "the compiler ended with status 1 and said: no space left"),
    "silent": ("", "the compiler ended with status 1 and said: nothing"),
}


@pytest.mark.parametrize("name", CASES)
def test_sentence(name):
    text, expected = CASES[name]
    assert build_error(text, 1, LIMITS).message == expected


def test_overflow_needs_the_figures_of_the_regions():
    assert "overflows" not in build_error(GNU_FLASH, 1, None).message
