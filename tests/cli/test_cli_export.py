"""`edgeflow export` from a foreign model to a folder that CMake takes."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))

from tflite_file import fully_connected


@pytest.fixture
def model(tmp_path):
    random = np.random.default_rng(3)
    weights, bias = random.integers(-127, 128, (4, 16)), np.zeros(4, np.int64)
    path = tmp_path / "scale.tflite"
    path.write_bytes(fully_connected((1, 16), weights, bias, (0.5, 0.01, 0.5)))
    return path


def test_a_foreign_model_becomes_a_cmake_project(run_cli, tmp_path, model):
    done = run_cli("export", "--to", "cmake", "--model", model, "--json")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / json.loads(done.stdout)["exports"]["cmake"]
    assert (folder / "CMakeLists.txt").is_file()
    provenance = json.loads((folder / "PROVENANCE.json").read_text())
    assert (provenance["name"], provenance["destination"]) == ("scale", "cmake")
    if shutil.which("cmake"):
        subprocess.run(["cmake", "-B", "build", folder], cwd=tmp_path, check=True, capture_output=True)
    again = run_cli("export", "--to", "cmake", "--model", model, "-o", "mine")
    assert again.returncode == 0, again.stderr
    assert {p.name for p in (tmp_path / "mine").iterdir()} == {p.name for p in folder.iterdir()}
    refused = run_cli("export", "--to", "cmake", "--model", model, "-o", "mine")
    assert (refused.returncode, "`mine` exists already" in refused.stderr) == (2, True)
    phone = run_cli("export", "--to", "android", "--model", model, "-o", "phone")
    assert phone.returncode == 0, phone.stderr
    tflite = (tmp_path / "phone/scale/src/main/assets/scale/scale.tflite").read_bytes()
    assert model.read_bytes() in tflite


def test_a_target_whose_core_has_no_compiler_here_is_checked_on_the_host(run_cli, tmp_path, model):
    done = run_cli("export", "--to", "esp-idf", "--target", "esp32-devkitc", "--model", model, "--json")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / json.loads(done.stdout)["exports"]["esp-idf"]
    assert "idf.py set-target esp32`" in (folder / "README.md").read_text()
    names = {path.name for path in (folder / "src").iterdir()}
    assert "ef_fully_connected_s8_scalar.c" in names
    assert not [name for name in names if name.endswith(("_dsp.c", "_mve.c"))]
    parity = json.loads((folder.parents[1] / "parity.json").read_text())
    assert (parity["differing_bytes"], "core" in parity["runtimes"]) == (0, False)
    assert any(note.startswith("not compared on the core") for note in parity["notes"])
    refused = run_cli("export", "--to", "bare-metal", "--target", "esp32-devkitc", "--model", model)
    assert "no start-up code for the core `xtensa-lx6`" in refused.stderr


def test_destinations_are_listed_and_checked_first(run_cli):
    assert "cmake" in run_cli("export", "--list").stdout
    assert run_cli("export").returncode == 2
    wrong = run_cli("export", "--to", "cmaek")
    assert wrong.returncode == 2
    assert ", cmake" in wrong.stderr
