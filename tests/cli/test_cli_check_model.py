"""`edgeflow check-model` says no with exit code 1 before anything is built."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from packages import need

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))

from tflite_file import fully_connected


@pytest.fixture
def write_model(tmp_path):
    def write(outputs, inputs, scales=(0.5, 0.01, 0.5)):
        random = np.random.default_rng(3)
        weights = random.integers(-127, 128, (outputs, inputs))
        path = tmp_path / "net.tflite"
        path.write_bytes(fully_connected((1, inputs), weights, np.zeros(outputs, np.int64), scales))
        return path

    return write


def test_a_model_that_fits(run_cli, write_model, tmp_path):
    done = run_cli("check-model", write_model(4, 16), "--target", "cortex-m", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert (answer["findings"], answer["fit"]["fits"], answer["operators"]) == ([], True, 1)
    assert answer["ranges"] == "of the model"
    assert run_cli("codegen", "net.tflite", "-o", "c", "--kernels", "dsp").returncode == 0
    network = json.loads((tmp_path / "c" / "network.json").read_text())
    assert answer["fit"]["weights_bytes"] == sum(op["weights_bytes"] for op in network["operators"])
    assert answer["fit"]["activation_bytes"] == network["arena_bytes"]


def test_weights_beyond_the_flash_are_refused(run_cli, write_model):
    done = run_cli("check-model", write_model(1100, 1000), "--target", "cortex-m")
    assert done.returncode == 1
    assert "cannot fit" in done.stdout
    assert "the weights of `net.tflite` need" in done.stderr


def test_no_model_and_no_format(run_cli, tmp_path):
    assert run_cli("check-model", "absent.onnx").returncode == 1
    (tmp_path / "a.onnx").write_bytes(b"no model")
    done = run_cli("check-model", "a.onnx")
    assert done.returncode == 1
    assert "not a model in a known format" in done.stderr


@pytest.mark.slow
def test_a_float_model_is_quantized_with_invented_ranges(run_cli, write_model):
    need("tensorflow")
    done = run_cli("check-model", write_model(4, 16, None), "--target", "cortex-m", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["fit"]["weights_bytes"] >= 4 * 16 + 4 * 4
    assert answer["ranges"] == "noise: sizes and operators only"
    refused = run_cli("build", "--model", "net.tflite")
    assert refused.returncode == 1
    assert "it needs data to calibrate with" in refused.stderr
