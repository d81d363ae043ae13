"""Models that keep state: the interpreter begins each case anew or keeps the state, as the goldens say."""

import json
import shutil

import numpy as np
import pytest

from edgeflow.codegen.stage import run as generate
from edgeflow.emulate import parity
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ParityError
from edgeflow.firmware.host import build_library
from edgeflow.firmware.stage import run as build_firmware

NAME = "mww_vad_stateful__tap"
CASES = 8


@pytest.fixture(scope="module")
def model(shared_dir):
    return shared_dir / "models" / "models" / f"{NAME}.tflite"


@pytest.fixture(scope="module")
def goldens(shared_dir):
    return np.load(shared_dir / "models" / "goldens" / f"{NAME}.npz")


@pytest.fixture(scope="module")
def inputs(goldens):
    return [np.stack([goldens[f"in{case}_0"] for case in range(CASES)])]


@pytest.fixture(scope="module")
def built(model, core_targets, tmp_path_factory):
    """Generated C, the host library and an image."""
    folder = tmp_path_factory.mktemp("stateful")
    generate(model, folder / "codegen", name="vad")
    build_library(folder / "codegen" / "c", folder)
    target = core_targets["cortex-m4f"]
    build_firmware(folder / "codegen", folder / "firmware", target=target, compiler="zig", emulator="unicorn")
    return folder


@pytest.mark.parametrize(("kind", "sequence"), [("out", False), ("seq", True)])
@pytest.mark.parametrize("processes", [1, 3])
def test_the_interpreter_gives_the_goldens(kind, sequence, processes, model, goldens, inputs):
    runtime = DesktopRuntime(model, "reference", processes=processes)
    (outputs,) = runtime.run(inputs, sequence=sequence)
    for case in range(CASES):
        assert outputs[case].tobytes() == goldens[f"{kind}{case}_0"].tobytes(), case


def test_parity_has_a_sequence(model, built, inputs, tmp_path):
    parity.run(model, built / "codegen", built, built / "firmware", inputs, tmp_path, core_cases=3)
    result = json.loads((tmp_path / "parity.json").read_text())
    assert result["differing_bytes"] == 0
    found = {(*row["between"], row["kind"]): row["cases"] for row in result["comparisons"]}
    found = {key: cases for key, cases in found.items() if "tflm" not in key}  # where it is installed
    assert found == {
        ("reference", "host", "outputs"): CASES,
        ("reference", "host", "tensors"): CASES,
        ("host", "core", "outputs"): 3,
        ("reference", "host", "outputs in sequence"): CASES,
        ("reference", "host", "tensors in sequence"): CASES,
        ("host", "core", "outputs in sequence"): 3,
    }


def test_parity_sees_a_state_that_is_lost(model, built, inputs, tmp_path):
    """C that forgets a variable before each call gives the right single calls."""
    folder = tmp_path / "codegen"
    shutil.copytree(built / "codegen", folder)
    source = folder / "c" / "model.c"
    text = source.read_text()
    place = text.index("{", text.index("int vad_invoke(void *arena)")) + 1
    source.write_text(f"{text[:place]}\n    (void)vad_reset(arena);{text[place:]}")
    build_library(folder / "c", tmp_path)
    with pytest.raises(ParityError, match="reference and host differ first"):
        parity.run(model, folder, tmp_path, built / "firmware", inputs, tmp_path, core_cases=1)
    rows = json.loads((tmp_path / "parity.json").read_text())["comparisons"]
    wrong = {(*row["between"], row["kind"]) for row in rows if row["differing_bytes"]}
    assert wrong == {("reference", "host", f"{kind} in sequence") for kind in ("outputs", "tensors")}
