"""``preprocess.c``: only the C that a declaration needs, for every compiler, and the bytes of Python."""

import ctypes
import re
from dataclasses import replace

import numpy as np
import pytest
from c_build import ARM_GCC, COMPILERS, GCC, GXX, ZIG, compile_strictly, run_tool
from probe_model import compiled

from edgeflow.codegen.preprocess import preprocess_files
from edgeflow.errors import UsageError
from edgeflow.ir.graph import Graph, Quant, Tensor
from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import PictureSpec
from edgeflow.preprocess.values import apply_table, raw_table, real_table
from edgeflow.resources import kernels_dir

WIDTH, HEIGHT = 20, 14  # of the pictures


def spec_of(channels=1, interpolation="bilinear", aspect_ratio="fit", scale=1 / 128, offset=-1.0):
    return PictureSpec(
        height=6,
        width=9,
        channels=channels,
        color_mode="rgb" if channels == 3 else "grayscale",
        interpolation=interpolation,
        aspect_ratio=aspect_ratio,
        pad_value=30,
        scale=(scale,) * channels if isinstance(scale, float) else scale,
        offset=(offset,) * channels,
    )


MINUS_128 = Quant((1 / 128,), (0,))


def program_of(spec, dtype="int8", quant=MINUS_128, shape=None):
    shape = shape or (1, spec.height, spec.width, spec.channels)
    return compiled(Graph({0: Tensor(0, "picture", shape, dtype, quant)}, (), (0,), (0,)), {})


def files_of(spec, **of_input):
    return preprocess_files(spec, program_of(spec, **of_input), kernels_dir())


def written(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def sources(files):
    return {name.removesuffix(".c").removeprefix("ef_picture_") for name in files if name.endswith(".c")}


def state_bytes(files):
    return int(re.search(r"STATE_BYTES (\d+)", files["preprocess.h"].decode())[1])


ALWAYS = {"preprocess", "begin", "row", "frame"}


def test_only_what_is_needed_is_written():
    grey = sources(files_of(spec_of()))
    assert grey == ALWAYS | {"copy_grey", "bilinear_grey", "bilinear"}
    rgb = sources(files_of(spec_of(3, "area", "crop")))
    assert rgb == ALWAYS | {"copy_rgb", "area_rgb", "area", "crop", "narrow"}
    padded = sources(files_of(spec_of(1, "nearest", "pad", scale=0.02)))
    assert padded == ALWAYS | {"copy_grey", "nearest_grey", "pad", "narrow", "borders", "values_8"}


def test_the_state_is_the_picture_s_and_two_rows_or_a_row_of_sums():
    assert state_bytes(files_of(spec_of(3, "nearest"))) == 48
    assert state_bytes(files_of(spec_of(3, "bilinear"))) == 48 + 2 * 9 * 3 * 2
    assert state_bytes(files_of(spec_of(3, "area"))) == 48 + 9 * 3 * 4


INPUTS = {
    "minus 128": ({}, {}),
    "pixels": ({"scale": 1.0, "offset": 0.0}, {"dtype": "uint8", "quant": Quant((1.0,), (0,))}),
    "table": ({"scale": 0.0171, "offset": -2.1}, {"quant": Quant((0.018,), (-4,))}),
    "table each": ({"channels": 3, "scale": (0.017, 0.019, 0.021)}, {"quant": Quant((0.018,), (-4,))}),
    "real numbers": ({"channels": 3, "scale": (0.017, 0.019, 0.021)}, {"dtype": "float32", "quant": None}),
    "words": ({"channels": 3}, {"dtype": "int16", "quant": Quant((2.0**-15,), (0,))}),
}


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "area"])
@pytest.mark.parametrize("name", INPUTS)
def test_values_are_python_s(name, interpolation, tmp_path):
    """Whole pictures through the generated functions."""
    of_spec, of_input = INPUTS[name]
    spec = spec_of(interpolation=interpolation, aspect_ratio="pad", **of_spec)
    folder = written(tmp_path, files_of(spec, **of_input))
    run_tool(
        [*([GCC] if GCC else ZIG), "-std=c99", "-O1", "-shared", "-fPIC", *_names(folder), "-o", "p.so"],
        folder,
    )
    library = ctypes.CDLL(str(folder / "p.so"))
    dtype, quant = of_input.get("dtype", "int8"), of_input.get("quant", MINUS_128)
    data = np.random.default_rng(2).integers(0, 256, WIDTH * HEIGHT * 2, dtype=np.uint8).tobytes()
    state = (ctypes.c_uint32 * (state_bytes(files_of(spec, **of_input)) // 4 + 1))()
    output = np.zeros((spec.height, spec.width, spec.channels), dtype)
    assert library.digits_preprocess_begin(state, WIDTH, HEIGHT, 2) == 0
    for y in range(HEIGHT):
        row = data[y * WIDTH * 2 : (y + 1) * WIDTH * 2]
        code = library.digits_preprocess_row(state, row, ctypes.c_void_p(output.ctypes.data))
    assert code == 1
    if quant is None:
        table = real_table(spec).astype(dtype)
    else:
        table = raw_table(spec, quant.scale, quant.zero_point, dtype)
    expected = apply_table(table, prepare_frame(data, WIDTH, HEIGHT, "rgb565", spec))
    assert np.array_equal(output, expected)


def _names(folder):
    return sorted(path.name for path in folder.glob("*.c"))


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "area"])
def test_every_compiler_takes_it(compiler, interpolation, tmp_path):
    if (compiler == "gcc" and not GCC) or (compiler.startswith("arm") and not ARM_GCC):
        pytest.skip("the compiler is not installed")
    folder = written(tmp_path, files_of(spec_of(3, interpolation, "pad", scale=0.02)))
    (folder / "string.h").write_text("#include <stddef.h>\nvoid *memset(void *, int, size_t);\n")
    compile_strictly(folder, compiler, "-I.")


@pytest.mark.skipif(GXX is None, reason="g++ is not installed")
def test_the_header_is_c_plus_plus_too(tmp_path):
    folder = written(tmp_path, files_of(spec_of()))
    (folder / "user.cpp").write_text('#include "preprocess.h"\ndigits_preprocess_state state;\n')
    run_tool([GXX, "-Wall", "-Wextra", "-Werror", "-c", "user.cpp", "-o", "user.o"], folder)


@pytest.mark.parametrize(
    ("of_input", "sentence"),
    [
        ({"shape": (1, 9, 6, 1)}, r"\[1, 6, 9, 1\] but the model's input `picture` is \[1, 9, 6, 1\]"),
        ({"dtype": "int8", "quant": None}, "`picture`, int8 without a scale"),
        ({"dtype": "int32"}, "`picture`, int32 without a scale"),
    ],
)
def test_a_network_of_other_inputs_is_refused(of_input, sentence):
    with pytest.raises(UsageError, match=sentence):
        files_of(spec_of(), **of_input)


def test_a_network_of_two_inputs_is_refused():
    program = program_of(spec_of())
    graph = replace(program.graph, inputs=(0, 0))
    with pytest.raises(UsageError, match="has 2 inputs"):
        preprocess_files(spec_of(), replace(program, graph=graph), kernels_dir())
