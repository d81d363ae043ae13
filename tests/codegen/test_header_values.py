"""The helpers of model.h for real numbers, and the arena that the generated C may hold."""

import ctypes
import os
import re
from dataclasses import replace

import numpy as np
import pytest
from c_build import GCC, WARNINGS, run_tool, sources
from probe_model import compiled, two_probes, write_c

from edgeflow.codegen.model_h import model_h
from edgeflow.ir.graph import Graph, Quant, Tensor

# dtype: (scale, zero point, lowest, highest)
PORTS = {
    "int8": (0.3, -7, -128, 127),
    "uint8": (0.01, 130, 0, 255),
    "int16": (2.0**-12, 0, -(2**15), 2**15 - 1),
}
EXTREMES = [0.0, -0.0, 1e30, -1e30, np.inf, -np.inf, np.nan, 1e-30, np.float32(2**31), 0.15, -0.15]


def values_of(dtype):
    """Reals around every step and every tie of an 8-bit type, some of them for 16 bits, and extremes."""
    scale, zero_point, low, high = PORTS[dtype]
    steps = np.arange(low - 3, high + 4, 1 if dtype != "int16" else 97)
    reals = np.concatenate([(steps - zero_point + part) * scale for part in (-0.5, -0.25, 0, 0.499, 0.5)])
    return np.concatenate([reals, EXTREMES]).astype(np.float32)


def expected(reals, dtype):
    """numpy's own: divide in float32, halves away from zero, limit; NaN is the lower limit."""
    scale, zero_point, low, high = PORTS[dtype]
    with np.errstate(over="ignore", invalid="ignore"):
        steps = (reals / np.float32(scale)).astype(np.float64)
        rounded = np.trunc(steps + np.copysign(0.5, steps)) + zero_point
    return np.nan_to_num(np.clip(rounded, low, high), nan=low).astype(dtype)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The helpers of a model with a port of each type, exported by a C file that includes model.h."""
    folder = tmp_path_factory.mktemp("header")
    tensors = {
        i: Tensor(i, dtype, (1, 8), dtype, Quant((scale,), (zero_point,)))
        for i, (dtype, (scale, zero_point, _low, _high)) in enumerate(PORTS.items())
    }
    write_c(compiled(Graph(tensors, (), tuple(tensors), tuple(tensors)), {}), folder)
    exported = '#include "model.h"\n'
    for i, dtype in enumerate(PORTS):
        exported += (
            f"{dtype}_t quantize_{dtype}(float real);\n"
            f"{dtype}_t quantize_{dtype}(float real) {{ return digits_input{i}_quantize(real); }}\n"
            f"float dequantize_{dtype}({dtype}_t value);\n"
            f"float dequantize_{dtype}({dtype}_t value) {{ return digits_output{i}_dequantize(value); }}\n"
        )
    (folder / "exported.c").write_text(exported)
    trap = ["-fsanitize=undefined,float-cast-overflow", "-fsanitize-undefined-trap-on-error"]
    flags = ["-O2", "-shared", "-fPIC", "-ffp-contract=off", *trap]
    run_tool([GCC, *WARNINGS, *flags, *sources(folder), "-o", "model.so"], folder)
    return ctypes.CDLL(os.fspath(folder / "model.so"))


needs_gcc = pytest.mark.skipif(GCC is None, reason="gcc is not installed")
C_TYPES = {"int8": ctypes.c_int8, "uint8": ctypes.c_uint8, "int16": ctypes.c_int16}


@needs_gcc
@pytest.mark.parametrize("dtype", PORTS)
def test_reals_become_the_nearest_step(library, dtype):
    function = getattr(library, f"quantize_{dtype}")
    function.argtypes, function.restype = [ctypes.c_float], C_TYPES[dtype]
    reals = values_of(dtype)
    found = np.array([function(real) for real in reals.tolist()], dtype)
    np.testing.assert_array_equal(found, expected(reals, dtype))


@needs_gcc
@pytest.mark.parametrize("dtype", PORTS)
def test_steps_become_reals_and_come_back(library, dtype):
    quantize, dequantize = (getattr(library, f"{way}_{dtype}") for way in ("quantize", "dequantize"))
    quantize.argtypes, quantize.restype = [ctypes.c_float], C_TYPES[dtype]
    dequantize.argtypes, dequantize.restype = [C_TYPES[dtype]], ctypes.c_float
    scale, zero_point, low, high = PORTS[dtype]
    for value in range(low, high + 1, 1 if dtype != "int16" else 13):
        assert dequantize(value) == np.float32(scale) * np.float32(value - zero_point)
        assert quantize(dequantize(value)) == value


@needs_gcc
def test_the_arena_can_be_static(tmp_path):
    """Then a program needs no memory of its own, and nothing else of the model can be written."""
    program = compiled(*two_probes())
    assert "digits_arena[" not in model_h(program)
    write_c(replace(program, static_arena=True), tmp_path)
    (tmp_path / "main.c").write_text(
        '#include "model.h"\n'
        "int main(void)\n{\n"
        "    const size_t misaligned = (size_t)((uintptr_t)digits_arena % DIGITS_ARENA_ALIGNMENT);\n"
        "    const int sized = sizeof digits_arena == DIGITS_ARENA_BYTES;\n"
        "    return !sized || misaligned || digits_invoke(digits_arena);\n}\n"
    )
    run_tool([GCC, *WARNINGS, *sources(tmp_path), "-o", "program"], tmp_path)
    run_tool([str(tmp_path / "program")], tmp_path)
    run_tool([GCC, *WARNINGS, "-fno-pic", "-c", "model.c"], tmp_path)
    symbols = run_tool(["nm", "model.o"], tmp_path)
    assert re.findall(r" [BbDdCc] (\w+)", symbols) == ["digits_arena"]


@needs_gcc
def test_without_it_nothing_of_the_model_can_be_written(tmp_path):
    write_c(compiled(*two_probes()), tmp_path)
    run_tool([GCC, *WARNINGS, "-fno-pic", "-c", "model.c"], tmp_path)
    assert not re.findall(r" [BbDdCc] (\w+)", run_tool(["nm", "model.o"], tmp_path))
