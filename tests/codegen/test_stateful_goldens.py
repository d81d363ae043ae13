"""Models that keep state: outputs of cases that begin anew (`out`) and of calls in sequence (`seq`)."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from c_build import GCC, Library, compile_strictly

from edgeflow.artifact import read_json
from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.network import load_network
from edgeflow.firmware.host import build_program
from edgeflow.firmware.stage import run as build_firmware
from edgeflow.target.descriptor import load_target

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "models"
CASES = 8

# Bytes of the state, which is part of the arena.
STATE_BYTES = {
    "mww_vad_stateful": 1120,
    "mww_vad_stateful__tap": 1120,
    "mww_okay_nabu_stateful": 3472,
    "mww_okay_nabu_stateful__tap": 3472,
    "stretch_mnist_lstm_int8": 60,
    "stretch_kws_svdf_int8": 10240,
}
# Its probabilities never change; tests/ops/test_svdf_network.py compares its tensors in sequence instead.
ALWAYS_HALF = "stretch_kws_svdf_int8"
QUICK = "mww_vad_stateful__tap"
NAMES = [name if name == QUICK else pytest.param(name, marks=pytest.mark.slow) for name in STATE_BYTES]


def generate(name, folder, *disabled):
    options = CodegenOptions(disabled_passes=disabled)
    run(SHARED / "models" / f"{name}.tflite", folder, name=name, options=options)
    return read_json(folder / "network.json")


def goldens_of(name):
    return np.load(SHARED / "goldens" / f"{name}.npz")


def cases_of(goldens):
    """The inputs with a leading axis of cases."""
    return [np.stack([goldens[f"in{case}_0"] for case in range(CASES)])]


def expected(goldens, kind):
    return np.stack([goldens[f"{kind}{case}_0"] for case in range(CASES)])


@pytest.mark.parametrize("disabled", [(), ("read_in_place",)], ids=["all_passes", "copies"])
@pytest.mark.parametrize("name", NAMES)
def test_single_calls_and_sequences(name, disabled, shared_dir, tmp_path):
    network = generate(name, tmp_path, *disabled)
    library = Library(tmp_path / "c", network, network["arena_bytes"])
    goldens = goldens_of(name)
    for kind in ("out", "seq"):
        for case in range(CASES):
            keep_state = kind == "seq" and case > 0
            (output,) = library.invoke(goldens[f"in{case}_0"], keep_state=keep_state)
            assert output.tobytes() == goldens[f"{kind}{case}_0"].tobytes(), f"{kind}, case {case}"


@pytest.mark.parametrize("name", NAMES)
def test_emulated_core(name, shared_dir, tmp_path):
    generate(name, tmp_path / "codegen")
    build_firmware(
        tmp_path / "codegen",
        tmp_path,
        target=load_target("nucleo-f401re"),
        compiler="zig",
        emulator="unicorn",
    )
    core = CoreRuntime(tmp_path, load_network(tmp_path / "codegen"))
    goldens = goldens_of(name)
    for kind in ("out", "seq"):
        (outputs,) = core.run(cases_of(goldens), sequence=kind == "seq")
        assert outputs.tobytes() == expected(goldens, kind).tobytes()


@pytest.mark.skipif(GCC is None, reason="gcc with the address sanitizer is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_no_access_outside_the_arena(name, shared_dir, tmp_path):
    """The shared main under both sanitizers, cases that begin anew and a sequence in one run."""
    generate(name, tmp_path)
    program = build_program(tmp_path / "c", tmp_path / "host", sanitize=True, compiler="gcc")
    network, goldens = load_network(tmp_path), goldens_of(name)
    kinds = {"out": False, "seq": True}
    packed = [
        case for sequence in kinds.values() for case in network.pack(cases_of(goldens), sequence=sequence)
    ]
    done = subprocess.run([program], input=b"".join(packed), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[:2000]
    assert done.stdout.startswith(b"".join(expected(goldens, kind).tobytes() for kind in kinds) + b"EFST")


@pytest.mark.parametrize("name", NAMES)
def test_size_of_the_state(name, shared_dir, tmp_path):
    network = generate(name, tmp_path)
    state_bytes = sum(variable["byte_count"] for variable in network["variables"])
    assert state_bytes == STATE_BYTES[name] <= network["arena_bytes"]
    header = (tmp_path / "c" / "model.h").read_text()
    assert f"#define {network['model'].upper()}_STATE_BYTES {state_bytes}\n" in header


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["zig", "zig for Cortex-M"])
def test_stateful_models_compile_without_a_warning(compiler, shared_dir, tmp_path):
    generate(QUICK, tmp_path)
    compile_strictly(tmp_path / "c", compiler)


def test_a_golden_sequence_differs_from_single_calls(shared_dir):
    """Otherwise the tests above could not tell kept state from lost state."""
    for name in {*STATE_BYTES} - {ALWAYS_HALF}:
        goldens = goldens_of(name)
        assert expected(goldens, "out").tobytes() != expected(goldens, "seq").tobytes(), name
