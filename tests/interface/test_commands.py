"""The command line and the project file with shapes and signatures: every runtime sees the same model."""

import subprocess
import sys

import numpy as np
import pytest
from flat_models import build
from interface_models import flatten_net, two_signatures

from edgeflow.artifact import read_json
from edgeflow.project import load_project
from edgeflow.runtimes import interface_overrides


def edgeflow(folder, *arguments):
    command = [sys.executable, "-m", "edgeflow", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_overrides_are_the_project_s_options():
    shapes = {'serving_default_"x":0': (1, 96, 96, 3), "größe 😀 = 1": (7,)}
    options = load_project(None, interface_overrides(shapes, "encode")).codegen
    assert (options.shapes, options.signature) == (shapes, "encode")
    assert interface_overrides({}, None) == ()


def emulated(folder, data, shape, *options):
    """Outputs of three cases on the interpreter and on the generated C."""
    (folder / "net.tflite").write_bytes(data)
    cases = np.random.default_rng(0).integers(-128, 128, (3, *shape)).astype(np.int8)
    np.savez(folder / "in.npz", in0=cases)
    files = ("--inputs", "in.npz", "--outputs", "out.npz")
    outputs = []
    for runtime in ("reference", "host"):
        edgeflow(folder, "emulate", "net.tflite", "--runtime", runtime, *options, *files)
        outputs.append(np.load(folder / "out.npz")["out0"])
    return outputs


@pytest.mark.slow
def test_emulate_with_a_shape(tmp_path):
    reference, host = emulated(tmp_path, build(flatten_net()), (2, 4, 4, 3), "--shape", "image=2,4,4,3")
    assert reference.shape == (3, 2, 32)
    np.testing.assert_array_equal(reference, host)


@pytest.mark.slow
def test_emulate_with_a_signature(tmp_path):
    reference, host = emulated(tmp_path, build(two_signatures()), (1, 5), "--signature", "decode")
    np.testing.assert_array_equal(reference, host)


@pytest.mark.slow
def test_parity_of_a_build_with_a_shape(tmp_path):
    (tmp_path / "net.tflite").write_bytes(build(flatten_net()))
    shape = "codegen.shapes={picture=[3,4,4,3]}"
    edgeflow(tmp_path, "build", "--model", "net.tflite", "--set", shape, "--to", "parity")
    parity = read_json(tmp_path / "build" / "net" / "cortex-m" / "parity.json")
    assert parity["differing_bytes"] == 0
    assert parity["comparisons"][0]["bytes"] == 8 * 3 * 32
