"""The PyTorch example as its text says: train, export, build; skips where torch is not installed."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "pytorch" / "train_and_export.py"
REPOSITORY = SCRIPT.parents[2]
pytestmark = pytest.mark.slow


def run(command, folder, *paths):
    variables = {
        "PYTHONPATH": os.pathsep.join([*map(str, (REPOSITORY, *paths)), os.environ.get("PYTHONPATH", "")])
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
def test_example_trains_exports_and_builds(onnx_packages, tmp_path):
    said = run(
        [sys.executable, SCRIPT, "--epochs", "4"], tmp_path, onnx_packages
    )  # torch needs `onnx` to export
    accuracy = float(said.partition("accuracy in PyTorch: ")[2])
    assert accuracy > 0.85
    build = [sys.executable, "-m", "edgeflow", "build", "--model", "digits.onnx", "--data", "digits"]
    run([*build, "--to", "agreement"], tmp_path)
    (record,) = tmp_path.glob("build/digits/*/import.json")
    assert json.loads(record.read_text())["inputs"][0]["transposed"] == [0, 2, 3, 1]
    rows = json.loads(record.with_name("agreement.json").read_text())["accuracy"]
    tests = {row["model"]: row["accuracy"] for row in rows if row["part"] == "test"}
    # The network sees in edgeflow what it saw in PyTorch, or it would recognize nothing.
    assert tests["original"] == tests["float"] > 0.85
    assert tests["int8"] > tests["float"] - 0.03
