"""Nets of other tools, made and imported once for all processes of a test run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from packages import need

import edgeflow
from edgeflow.errors import ToolError
from edgeflow.importers.environment import onnx_environment

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def nets():
    """The folder that ``nets.py`` writes."""
    need("tensorflow")
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


@pytest.fixture(scope="session")
def onnx_packages():
    """The ONNX converter's packages; tests of it skip where they cannot be installed."""
    try:
        return onnx_environment(lambda text: None)
    except ToolError as error:
        pytest.skip(error.message)


@pytest.fixture(scope="session")
def onnx_nets(onnx_packages):
    """One folder a net: ``model_float.tflite``, ``source.json``, ``lowered.json``, or ``refused.json``."""
    out = Path(os.environ["EDGEFLOW_TESTS_CACHE"]) / "onnx"
    with FileLock(f"{out}.lock"):
        if not out.is_dir():
            for step in ("prepare", "lower"):
                convert_onnx_nets(step, onnx_packages, out, sorted(HERE.glob("onnx_*/*.onnx")))
    return out


def convert_onnx_nets(step, packages, out, nets):
    paths = [Path(edgeflow.__file__).parent.parent, packages]
    variables = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-P", HERE / "convert_onnx_nets.py", step, out, *nets]
    done = subprocess.run(
        command, env=os.environ | variables, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
