"""The command line in a process of its own, and small TFLite files of one layer."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))

from tflite_file import fully_connected

WEIGHTS = np.random.default_rng(3).integers(-7, 8, (3, 8))
BIAS = np.array([64, -320, 1600])


@pytest.fixture
def run_cli(tmp_path):
    """``run_cli("delegates", ...)`` -> finished process with text output; the folder is ``tmp_path``."""

    def run(*arguments, timeout=120, **environment):
        return subprocess.run(
            [sys.executable, "-m", "edgeflow", *map(str, arguments)],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            text=True,
            timeout=timeout,
            env=os.environ | environment,
        )

    return run


@pytest.fixture
def fc_model(tmp_path):
    """An int8 FULLY_CONNECTED of 24 weights."""
    path = tmp_path / "fc.tflite"
    path.write_bytes(fully_connected((1, 2, 4, 1), WEIGHTS, BIAS, scales=(1 / 128, 1 / 2, 1 / 16)))
    return path


@pytest.fixture
def fc_float_model(tmp_path):
    """The same in real numbers."""
    path = tmp_path / "fc_float.tflite"
    path.write_bytes(fully_connected((1, 2, 4, 1), WEIGHTS / 2, BIAS / 256, scales=None))
    return path
