"""``preprocess.c`` of sound: for every compiler, the bytes of Python, however the samples come."""

import ctypes
import re

import numpy as np
import pytest
from c_build import ARM_GCC, COMPILERS, GCC, GXX, WARNINGS, ZIG, compile_strictly, run_tool
from probe_model import compiled

from edgeflow.codegen.preprocess import preprocess_files
from edgeflow.errors import UsageError
from edgeflow.ir.graph import Graph, Quant, Tensor
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_options import LogMelOptions, MfccOptions, resolved
from edgeflow.preprocess.values import apply_table, raw_table, real_table
from edgeflow.resources import kernels_dir

SPECS = {
    "log-mel": resolved(LogMelOptions(sample_rate_hz=8000, clip_ms=130, mel_bands=21, low_hz=80)),
    "mfcc": resolved(MfccOptions(sample_rate_hz=8000, clip_ms=97, mel_bands=20, window_ms=25, stride_ms=10)),
}
MINUS_128 = Quant((1 / 128,), (0,))
INPUTS = {
    "minus 128": ("int8", MINUS_128),
    "pixels": ("uint8", Quant((1 / 128,), (128,))),
    "table": ("int8", Quant((0.011,), (-4,))),
    "floats": ("float32", None),
    "words": ("int16", Quant((2.0**-15,), (0,))),
}


def files_of(spec, dtype="int8", quant=MINUS_128, shape=None):
    tensor = Tensor(0, "sound", shape or (1, *spec.shape), dtype, quant)
    return preprocess_files(spec, compiled(Graph({0: tensor}, (), (0,), (0,)), {}), kernels_dir())


def written(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("kind", "values"), list(zip(["log-mel", "mfcc", "log-mel", "mfcc", "mfcc"], INPUTS, strict=True))
)
def test_values_are_python_s(kind, values, tmp_path):
    spec, (dtype, quant) = SPECS[kind], INPUTS[values]
    folder = written(tmp_path, files_of(spec, dtype, quant))
    trap = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"] if GCC else []
    names = sorted(path.name for path in folder.glob("*.c"))
    flags = [*WARNINGS, *trap, "-O1", "-shared", "-fPIC"]
    run_tool([*([GCC] if GCC else ZIG), *flags, *names, "-o", "p.so"], folder)
    library = ctypes.CDLL(str(folder / "p.so"))
    clip = np.random.default_rng(4).normal(0, 3000, spec.clip_samples).astype(np.int16)
    features = sound_features(clip[None], spec)[0]
    real = real_table(spec).astype(np.float32)
    table = real if quant is None else raw_table(spec, quant.scale, quant.zero_point, dtype)
    expected = apply_table(table, features)
    state = np.zeros(4 * spec.fft_samples + 4 * spec.window_samples + 256, np.uint8)
    pointer = ctypes.c_void_p(state.ctypes.data)
    for chunk in (1, 33, spec.clip_samples):
        output = np.full((spec.frames + 1, spec.width, 1), 77, dtype)
        library.digits_preprocess_begin(pointer)
        for start in range(0, spec.clip_samples, chunk):
            part = clip[start : start + chunk]
            arguments = (ctypes.c_void_p(part.ctypes.data), len(part), ctypes.c_void_p(output.ctypes.data))
            code = library.digits_preprocess_samples(pointer, *arguments)
        assert code == 1
        assert np.array_equal(output[:-1], expected)
        assert (output[-1] == 77).all()


def test_only_what_is_needed_is_written():
    plain, mfcc = files_of(SPECS["log-mel"]), files_of(SPECS["mfcc"], *INPUTS["table"])
    assert b"cosine[" not in plain["preprocess.c"]
    assert b"preprocess_table" not in plain["preprocess.c"]
    assert b"cosine[" in mfcc["preprocess.c"]
    assert b"preprocess_table" in mfcc["preprocess.c"]
    assert not [name for name in plain if "picture" in name]
    assert int(re.search(rb"STATE_BYTES (\d+)", plain["preprocess.h"])[1]) == 20 + 4 * 256 + 2 * 256 + 44


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_compiler_takes_it(compiler, tmp_path):
    if (compiler == "gcc" and not GCC) or (compiler.startswith("arm") and not ARM_GCC):
        pytest.skip("the compiler is not installed")
    compile_strictly(written(tmp_path, files_of(SPECS["mfcc"], *INPUTS["table"])), compiler, "-I.")


@pytest.mark.skipif(GXX is None, reason="g++ is not installed")
def test_the_header_is_c_plus_plus_too(tmp_path):
    folder = written(tmp_path, files_of(SPECS["mfcc"]))
    (folder / "user.cpp").write_text('#include "preprocess.h"\ndigits_preprocess_state state;\n')
    run_tool([GXX, "-Wall", "-Wextra", "-Werror", "-c", "user.cpp", "-o", "user.o"], folder)


def test_a_network_of_other_inputs_is_refused():
    with pytest.raises(UsageError, match=r"makes inputs of \[1, 7, 21, 1\] but the model's input `sound`"):
        files_of(SPECS["log-mel"], shape=(1, 21, 7, 1))
