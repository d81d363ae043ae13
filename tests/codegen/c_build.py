"""Compile a folder of C with every warning an error, and call it through ctypes."""

import ctypes
import os
import shutil
import subprocess
import sys

import numpy as np

from edgeflow.firmware.compiler import build_environment

WARNINGS = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow")
WARNINGS += ("-Wundef", "-Wstrict-prototypes", "-Wmissing-prototypes", "-Wcast-qual", "-Werror")
GCC = shutil.which("gcc")
ARM_GCC = shutil.which("arm-none-eabi-gcc")
GXX = shutil.which("g++")
ZIG = [sys.executable, "-m", "ziglang", "cc"]
COMPILERS = {
    "gcc": [GCC],
    "arm-none-eabi-gcc": [ARM_GCC, "-mcpu=cortex-m4", "-mthumb"],
    "zig": [*ZIG],
    "zig for Cortex-M": [*ZIG, "-target", "thumb-freestanding-eabihf", "-mcpu=cortex_m4+vfp4d16sp"],
}


def run_tool(command, folder):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=build_environment()
    )
    assert done.returncode == 0, done.stderr[:4000]
    return done.stdout


def sources(folder):
    return sorted(path.name for path in folder.glob("*.c"))


def compile_strictly(folder, compiler, *flags):
    """Objects of all sources under every warning; the assertion shows the first complaints."""
    for source in sources(folder):
        run_tool([*COMPILERS[compiler], *WARNINGS, "-O2", *flags, "-c", source, "-o", "object.o"], folder)


TRACE_TYPE = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
# The generated code calls ef_trace; the library hands it on to the test.
TRACE_C = """
#include <stddef.h>
typedef void (*callback)(int, const void *, size_t);
static callback trace;
void ef_set_trace(callback function);
void ef_trace(int tensor_id, const void *data, size_t byte_count);
void ef_set_trace(callback function) { trace = function; }
void ef_trace(int tensor_id, const void *data, size_t byte_count) { trace(tensor_id, data, byte_count); }
"""


# Behind each part of the arena, where nothing may be written.
GUARD_BYTES, GUARD = 64, 0x5A


class Library:
    """A generated network in this process, built with the undefined-behaviour sanitizer that traps.

    ``plan_bytes`` is the arena's size, or the list of those of its parts.
    """

    def __init__(self, folder, network, plan_bytes):
        (folder / "trace.c").write_text(TRACE_C)
        flags = ["-O2", "-shared", "-fPIC", "-DEF_TRACE_ENABLED"]
        trap = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"] if GCC else []
        command = [GCC] if GCC else ZIG
        run_tool([*command, *WARNINGS, *flags, *trap, *sources(folder), "-o", "model.so"], folder)
        self._library = ctypes.CDLL(os.fspath(folder / "model.so"))
        self._network = network
        self._prefix = network["model"]
        self.parts = [self._guarded(size) for size in np.atleast_1d(plan_bytes)]
        self.arena = self.parts[0][:-GUARD_BYTES]
        addresses = [part.ctypes.data for part in self.parts]
        self._pointers = (ctypes.c_void_p * len(addresses))(*addresses)
        is_split = len(addresses) > 1
        self.address = ctypes.addressof(self._pointers) if is_split else addresses[0]
        self.traced = {}
        for name in ("input", "output"):
            function = self.function(name)
            function.restype, function.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]
            self.function(f"{name}_bytes").restype = ctypes.c_size_t
        self.function("invoke").argtypes = [ctypes.c_void_p]
        if network["variables"]:
            self.function("reset").argtypes = [ctypes.c_void_p]
        self._callback = TRACE_TYPE(self._trace)
        self._library.ef_set_trace(self._callback)

    @staticmethod
    def _guarded(byte_count):
        part = aligned(int(byte_count) + GUARD_BYTES)
        part[-GUARD_BYTES:] = GUARD
        return part

    def function(self, name):
        return getattr(self._library, f"{self._prefix}_{name}")

    def _trace(self, tensor_id, data, byte_count):
        assert tensor_id not in self.traced
        self.traced[tensor_id] = ctypes.string_at(data, byte_count)

    def invoke(self, *inputs, keep_state=False):
        """The outputs of one run; the arena holds rubbish before it, but for state that is kept."""
        if not keep_state:
            for part in self.parts:
                part[:-GUARD_BYTES] = 0xA5
            if self._network["variables"]:
                assert self.function("reset")(self.address) == 0
        self.traced.clear()
        for index, (array, port) in enumerate(zip(inputs, self._network["inputs"], strict=True)):
            data = np.ascontiguousarray(array).tobytes()
            assert len(data) == port["byte_count"] == self.function("input_bytes")(index)
            ctypes.memmove(self.function("input")(self.address, index), data, len(data))
        assert self.function("invoke")(self.address) == 0
        assert all((part[-GUARD_BYTES:] == GUARD).all() for part in self.parts)
        return [self._output(index, port) for index, port in enumerate(self._network["outputs"])]

    def _output(self, index, port):
        address = self.function("output")(self.address, index)
        assert port["byte_count"] == self.function("output_bytes")(index)
        data = ctypes.string_at(address, port["byte_count"])
        return np.frombuffer(data, dtype=port["dtype"]).reshape(port["shape"])


def aligned(byte_count, alignment=16):
    """Zeroed bytes at an aligned address."""
    raw = np.zeros(byte_count + alignment, dtype=np.uint8)
    start = -raw.ctypes.data % alignment
    return raw[start : start + byte_count]
