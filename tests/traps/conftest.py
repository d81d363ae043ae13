"""Nets from TensorFlow's converter, made once for all processes of a test run."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import edgeflow


@pytest.fixture(scope="session")
def trap_nets():
    """The folder that ``trap_nets.py`` writes."""
    if importlib.util.find_spec("tensorflow") is None:  # imported here it would disturb other runtimes
        pytest.skip("TensorFlow, which converts, is not installed here")
    from filelock import FileLock

    folder = Path(os.environ["EDGEFLOW_TESTS_CACHE"], "trap_nets")
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            part = folder.with_name("trap_nets.part")
            quiet = os.environ | {
                "PYTHONPATH": str(Path(edgeflow.__file__).parent.parent),
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "CUDA_VISIBLE_DEVICES": "-1",
            }
            command = [sys.executable, Path(__file__).with_name("trap_nets.py"), part]
            done = subprocess.run(command, check=False, capture_output=True, text=True, env=quiet)
            assert done.returncode == 0, done.stderr
            part.rename(folder)
    return folder
