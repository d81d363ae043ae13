"""The generated C compiled for this machine: library, program, sanitizers."""

import ctypes
import shutil
import subprocess

import pytest

from edgeflow.errors import BuildError
from edgeflow.firmware.host import build_library, build_program
from edgeflow.resources import data_dir

CASE = bytes(range(1, 9))
RESULT = bytes([3, 1, 19, 0xE4])  # by hand: clamp((W (x + 3) + b) >> 4)
TRAILER = b"EFST" + bytes(4)
HOST_GCC = pytest.param(
    "gcc", marks=pytest.mark.skipif(shutil.which("gcc") is None, reason="the system has no gcc")
)


def run_program(program, data):
    return subprocess.run([program], input=data, capture_output=True, check=False, timeout=30)


@pytest.mark.parametrize("host_compiler", ["zig", HOST_GCC])
def test_program_runs_case_after_case(host_compiler, tiny_codegen, tmp_path):
    program = build_program(tiny_codegen / "c", tmp_path, compiler=host_compiler)
    assert run_program(program, CASE * 3).stdout == RESULT * 3 + TRAILER
    assert run_program(program, b"").stdout == TRAILER
    cut = run_program(program, CASE + CASE[:3])
    assert (cut.returncode, cut.stdout) == (2, RESULT)


def test_program_says_when_the_output_cannot_be_written(tiny_codegen, tmp_path):
    program = build_program(tiny_codegen / "c", tmp_path)
    done = subprocess.run(f"{program} > /dev/full", shell=True, input=CASE, check=False)  # noqa: S602
    assert done.returncode == 5


def test_library_exports_two_functions_only(tiny_codegen, tmp_path):
    library = build_library(tiny_codegen / "c", tmp_path)
    done = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    names = {line.split()[2] for line in done.stdout.splitlines()}
    assert names == {"ef_library_run", "ef_library_set_trace"}


def test_library_is_the_same_in_two_folders(tiny_codegen, tmp_path):
    first, second = (build_library(tiny_codegen / "c", tmp_path / name) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


SEEDED_BUGS = {
    "heap-like overrun of the weights": (
        "ef_tiny.c",
        "sum += weights[8 * o + i]",
        "sum += weights[8 * o + i + 40]",
        "address",
    ),
    "signed overflow": (
        "ef_tiny.c",
        "int32_t sum = bias[o];",
        "int32_t sum = bias[o] + 2147483600;",
        "undefined",
    ),
    "write behind the arena": ("ef_tiny.c", "output[o] = clamp", "output[o + 16] = clamp", "address"),
}


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the system has no gcc: zig has no address sanitizer")
@pytest.mark.parametrize("name", SEEDED_BUGS)
def test_sanitizers_of_gcc_find_a_seeded_bug(name, changed_tiny, tiny_codegen, tmp_path):
    file, old, new, kind = SEEDED_BUGS[name]
    sound = build_program(tiny_codegen / "c", tmp_path / "sound", sanitize=True, compiler="gcc")
    assert run_program(sound, CASE).returncode == 0
    broken = build_program(changed_tiny(file, old, new) / "c", tmp_path, sanitize=True, compiler="gcc")
    done = run_program(broken, CASE)
    assert done.returncode != 0
    assert {"address": b"AddressSanitizer", "undefined": b"runtime error"}[kind] in done.stderr


@pytest.mark.slow
def test_sanitizer_of_zig_finds_undefined_behaviour(changed_tiny, tiny_codegen, tmp_path):
    sound = build_program(tiny_codegen / "c", tmp_path / "sound", sanitize=True)
    assert run_program(sound, CASE).returncode == 0
    file, old, new, _kind = SEEDED_BUGS["signed overflow"]
    done = run_program(build_program(changed_tiny(file, old, new) / "c", tmp_path, sanitize=True), CASE)
    assert done.returncode != 0
    assert b"overflow" in done.stderr


def test_compiler_error_becomes_a_sentence(changed_tiny, tmp_path):
    with pytest.raises(BuildError, match=r"refused `model\.c` at line"):
        build_library(changed_tiny("model.c", '#include "ef_tiny.h"', '#include "absent.h"') / "c", tmp_path)


@pytest.fixture(scope="module")
def memory_functions(tmp_path_factory):
    """The bare-metal mem* functions under other names, compiled for the host."""
    folder = tmp_path_factory.mktemp("memory")
    renamed = [f"-D{name}=ef_{name}" for name in ("memcpy", "memmove", "memset", "memcmp")]
    templates = data_dir("firmware_templates")
    source = templates / "bare_metal" / "memory.c"
    library = folder / "memory.so"
    from edgeflow.firmware.compiler import COMMON_FLAGS, find_zig, run_compiler

    run_compiler(
        find_zig(),
        [
            *COMMON_FLAGS,
            *renamed,
            f"-I{templates / 'common'}",
            "-shared",
            "-fPIC",
            "-nostdlib",
            str(source),
            "-o",
            str(library),
        ],
        folder,
    )
    return ctypes.CDLL(str(library))


@pytest.mark.parametrize("to", [0, 1, 4, 16, 17])
@pytest.mark.parametrize("start", [0, 3, 8, 16])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 15, 16, 17, 33, 40])
def test_memory_functions_move_bytes(memory_functions, to, start, count):
    data = bytearray((7 * i + 1) % 251 for i in range(64))
    for name in ("ef_memmove", "ef_memcpy"):
        if name == "ef_memcpy" and abs(to - start) < count:
            continue  # overlapping: not allowed
        buffer = (ctypes.c_ubyte * 64).from_buffer_copy(data)
        address = ctypes.addressof(buffer)
        function = getattr(memory_functions, name)
        function.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
        function.restype = ctypes.c_void_p
        assert function(address + to, address + start, count) == address + to
        expected = bytearray(data)
        expected[to : to + count] = data[start : start + count]
        assert bytes(buffer) == bytes(expected)


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 8, 31])
def test_memset_fills_exactly(memory_functions, start, count):
    buffer = (ctypes.c_ubyte * 40)()
    memory_functions.ef_memset.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t)
    memory_functions.ef_memset(ctypes.addressof(buffer) + start, -2, count)
    assert bytes(buffer) == bytes(start) + b"\xfe" * count + bytes(40 - start - count)


@pytest.mark.parametrize(
    ("left", "right", "sign"),
    [(b"abc", b"abc", 0), (b"abd", b"abc", 1), (b"\x01", b"\xff", -1), (b"", b"", 0)],
)
def test_memcmp_compares_unsigned_bytes(memory_functions, left, right, sign):
    found = memory_functions.ef_memcmp(left, right, len(left))
    assert (found > 0) - (found < 0) == sign
