"""Nets of other tools, made and imported once for all processes of a test run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import edgeflow


@pytest.fixture(scope="session")
def nets():
    """The folder that ``nets.py`` writes."""
    pytest.importorskip("tensorflow")
    from filelock import FileLock

    folder = Path(os.environ["EDGEFLOW_TESTS_CACHE"], "nets")
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            part = folder.with_name("nets.part")
            shutil.rmtree(part, ignore_errors=True)
            environment = os.environ | {
                "PYTHONPATH": str(Path(edgeflow.__file__).parent.parent),
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "CUDA_VISIBLE_DEVICES": "-1",
            }
            command = [sys.executable, Path(__file__).with_name("nets.py"), part]
            done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
            assert done.returncode == 0, done.stderr
            part.rename(folder)
    return folder
