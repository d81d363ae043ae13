"""Every kernel compiles for every core with every warning an error, alone, and needs nothing but mem*."""

import re
import shutil
import subprocess
import sys

import pytest
from elftools.elf.elffile import ELFFile
from kernel_harness import HEADERS, KERNELS, SOURCES, STRICT_FLAGS

from edgeflow.firmware.compiler import COMMON_FLAGS, CORE_FLAGS, build_environment
from edgeflow.target.core import CORES as TARGET_CORES

CORES = ("cortex-m0plus", "cortex-m4f", "cortex-m33", "cortex-m55", "rv32imc")
# Cortex-M0+ multiplies to 32 bits: longer products would be calls.
LONG_PRODUCTS = {"__aeabi_lmul", "__muldi3"}
ONE_QUICK = [pytest.param(core, marks=[] if core == "cortex-m4f" else pytest.mark.slow) for core in CORES]
ZIG = (sys.executable, "-m", "ziglang", "cc")
# What a core's image has without a C library: memory functions, and the compiler's own arithmetic.
ALLOWED = re.compile(
    r"mem(cpy|move|set)"
    r"|__aeabi_(mem\w+|u?idiv(mod)?|lmul|l(lsl|lsr|asr)|u?i2f|f2iz|f(add|sub|mul|div|cmp\w+))"
    r"|__muldi3|__gnu_thumb1_case_\w+"
    r"|__(add|sub|mul|div)sf3|__float(un)?sisf|__fix(uns)?sfsi|__(eq|ne|lt|le|gt|ge|unord)sf2"  # on RISC-V
)


def undefined_symbols(path):
    with path.open("rb") as file:
        symbols = ELFFile(file).get_section_by_name(".symtab").iter_symbols()
        return {s.name for s in symbols if s["st_shndx"] == "SHN_UNDEF" and s.name}


def compile_all(command, folder):
    """Objects of all kernels by function name; zig compiles one file a run."""
    for source in SOURCES:
        done = subprocess.run(
            [*command, *COMMON_FLAGS, *STRICT_FLAGS, "-c", str(source)],
            cwd=folder,
            env=build_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr
    objects = {path.stem: path for path in folder.glob("*.o")}
    assert set(objects) == {path.stem for path in SOURCES}
    return objects


def check_objects(objects, core):
    refused = LONG_PRODUCTS if core == "cortex-m0plus" else set()
    for name, path in objects.items():
        needed = undefined_symbols(path) - set(objects)
        strangers = {s for s in needed if not ALLOWED.fullmatch(s) or s in refused}
        assert not strangers, f"{name} needs {strangers}"


@pytest.mark.parametrize("core", ONE_QUICK)
def test_gcc(core, tmp_path):
    name = TARGET_CORES[core].architecture.gcc
    gcc = shutil.which(name)
    if gcc is None:
        pytest.skip(f"{name} is not installed")
    check_objects(compile_all([gcc, *CORE_FLAGS[core].gcc], tmp_path), core)


@pytest.mark.slow
@pytest.mark.parametrize("core", CORES)
def test_zig(core, tmp_path):
    pytest.importorskip("ziglang")
    check_objects(compile_all([*ZIG, *CORE_FLAGS[core].zig], tmp_path), core)


@pytest.mark.parametrize("compiler", ["gcc", "g++"])
@pytest.mark.parametrize("header", HEADERS, ids=lambda p: p.name)
def test_header_stands_alone(header, compiler, tmp_path):
    """Each header compiles by itself, as C99 and as C++."""
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    source = tmp_path / f"alone.{'c' if compiler == 'gcc' else 'cpp'}"
    source.write_text(f'#include "{header.name}"\nint alone(void);\nint alone(void) {{ return 0; }}\n')
    standard = "-std=c99" if compiler == "gcc" else "-std=c++11"
    flags = [standard, "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only"]
    done = subprocess.run(
        [compiler, *flags, f"-I{KERNELS / 'include'}", str(source)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_file_is_its_function(source):
    """File = function, under 120 lines, at most six arguments, no library but the compiler's headers."""
    text = source.read_text()
    exported = re.findall(r"^(?!static)\w[\w ]*?(\w+)\(([^)]*)\)\n\{", text, re.MULTILINE)
    assert [name for name, _ in exported] == [source.stem]
    assert exported[0][1].count(",") + 1 <= 6
    assert text.count("\n") < 120
    includes = set(re.findall(r"#include [<\"]([^>\"]+)", text))
    assert includes <= {"stddef.h", "stdint.h"} | {path.name for path in HEADERS}


@pytest.mark.parametrize("header", HEADERS, ids=lambda p: p.name)
def test_header_guards(header):
    text = header.read_text()
    guard = header.stem.upper() + "_H"
    assert f"#ifndef {guard}\n#define {guard}\n" in text
    assert 'extern "C"' in text
    assert set(re.findall(r"#include <([^>]+)>", text)) <= {"stdint.h", "stddef.h"}
