"""A board's measurement takes the estimate's place; those of other models tell how far estimates are off."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgeflow.artifact import sha256_file
from edgeflow.device.records import estimate_us, read_rows, write_row
from edgeflow.profile.measured import with_measurements
from edgeflow.target.descriptor import as_target, load

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))

from tflite_file import fully_connected

PROFILE = {
    "totals": {"latency_us": 1000.0, "energy_uj": 44.9, "flash_bytes": 7},
    "kinds": {"latency_us": "estimated (±15 %)", "flash_bytes": "measured"},
}


def row(model="a" * 64, latency_us=1100.0, estimated_us=1000.0):
    return {
        "schema": 1,
        "model_sha256": model,
        "target": "nucleo-l4r5zi",
        "board": "my-nucleo",
        "measured_at": "2026-11-21T10:00:00+00:00",
        "inferences": 150,
        "latency_us": latency_us,
        "estimated_us": estimated_us,
    }


@pytest.fixture(scope="module")
def board():
    return as_target(load("nucleo-l4r5zi", Path()))


def test_the_models_own_measurement_is_its_latency(board):
    found = with_measurements(PROFILE, [row("b" * 64), row()], board, "a" * 64)
    assert found["totals"] == {"latency_us": 1100.0, "energy_uj": 49.4, "flash_bytes": 7}
    assert found["kinds"]["latency_us"] == (
        "measured (on `my-nucleo` on 2026-11-21, 150 inferences; estimated 1,000.0 us, ratio 1.10)"
    )
    assert found["measured"]["board"] == "my-nucleo"
    assert PROFILE["totals"]["latency_us"] == 1000.0


def test_other_models_tell_how_far_estimates_are_off(board):
    others = [row("b" * 64), row("c" * 64, 900.0), row("d" * 64, 5.0, None)]
    found = with_measurements(PROFILE, others, board, "a" * 64)
    assert (found["totals"], found["measured"]) == (PROFILE["totals"], None)
    assert found["kinds"]["latency_us"].endswith(
        "; on this target 2 measured took 0.90 to 1.10 times their estimates)"
    )


def test_without_measurements_nothing_changes(board):
    assert with_measurements(PROFILE, [], board, "a" * 64) == {**PROFILE, "measured": None}


def test_rows_are_kept_by_model_and_target(tmp_path):
    write_row(tmp_path, row())
    write_row(tmp_path, row(latency_us=1200.0))
    write_row(tmp_path, row("b" * 64))
    write_row(tmp_path, row() | {"target": "nucleo-l4r5zi-2"})
    assert [r["latency_us"] for r in read_rows(tmp_path, "nucleo-l4r5zi")] == [1200.0, 1100.0]
    assert estimate_us(tmp_path, "a" * 64, "nucleo-l4r5zi") is None


@pytest.mark.slow
def test_edgeflow_profile_shows_what_was_measured(tmp_path):
    weights = np.random.default_rng(1).integers(-127, 128, (4, 16))
    model = tmp_path / "net.tflite"
    model.write_bytes(fully_connected((1, 16), weights, np.zeros(4, np.int64), (0.5, 0.01, 0.5)))
    command = [sys.executable, "-m", "edgeflow", "profile", model, "--target", "nucleo-l4r5zi", "--json"]

    def profile():
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    before = profile()
    assert before["measured"] is None
    sha256 = sha256_file(model)
    estimated = estimate_us(tmp_path / "build", sha256, "nucleo-l4r5zi")
    assert estimated == before["totals"]["latency_us"]
    write_row(tmp_path / "build", row(sha256, 77.0, estimated))
    after = profile()
    assert after["totals"]["latency_us"] == 77.0
    assert after["kinds"]["latency_us"].startswith("measured (on `my-nucleo`")
    assert estimate_us(tmp_path / "build", sha256, "nucleo-l4r5zi") == estimated
