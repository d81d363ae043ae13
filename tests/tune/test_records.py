"""Measurements on disk, and the bytes of compiled files."""

import shutil

import pytest

from edgeflow.firmware.compiler import find_compiler
from edgeflow.firmware.object_code import object_code_bytes
from edgeflow.tune.records import Records


def test_a_record_is_found_under_the_same_conditions_only(tmp_path):
    records = Records(tmp_path, ["zig", "cortex-m4f"])
    assert records.find(["calls", 1]) is None
    records.keep(["calls", 1], {"cycles": 7})
    assert Records(tmp_path, ["zig", "cortex-m4f"]).find(["calls", 1]) == {"cycles": 7}
    assert records.find(["calls", 2]) is None
    assert Records(tmp_path, ["gcc", "cortex-m4f"]).find(["calls", 1]) is None


def test_a_record_is_written_beside_and_renamed(tmp_path):
    records = Records(tmp_path, None)
    records.keep("a", {"cycles": 1})
    records.keep("a", {"cycles": 2})
    assert records.find("a") == {"cycles": 2}
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.suffix == ".json"
    file.write_text('{"cyc')
    assert records.find("a") is None


FILES = {
    "size.h": b"#define SIZE 100\nint first(int i);\n",
    "table.c": b'#include "size.h"\nconst char table[SIZE] = {1, 2, 3};\nint zeros[SIZE];\n',
    "code.c": b'#include "size.h"\nint first(int i) { return i + 1; }\n',
}


@pytest.mark.parametrize("compiler", ["zig", "gcc"])
def test_object_code_is_what_flash_holds(compiler):
    if compiler == "gcc" and shutil.which("arm-none-eabi-gcc") is None:
        pytest.skip("arm-none-eabi-gcc is not installed")
    found = object_code_bytes(
        FILES, ["table.c", "code.c"], find_compiler(compiler, "cortex-m0plus"), "cortex-m0plus"
    )
    # ADDS and BX of two bytes each; memory of zeros takes no flash.
    assert found == {"table.c": 100, "code.c": 4}
