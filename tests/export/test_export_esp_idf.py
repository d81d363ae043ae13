"""The component: manifest and Kconfig by Espressif's tools, the example in QEMU on a stand-in for ESP-IDF."""

import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from bundles import label_of_the_ramp
from exported import need, write
from stand_in_build import libraries
from uart_program import image, printed

from edgeflow.export.esp_idf import files
from edgeflow.target.descriptor import as_target, load

STAND_INS = Path(__file__).parent / "stand_ins"


def example(bundle, folder, core="rv32imc"):
    place = write(files(bundle), folder / "tiny-digits")
    stand_in = STAND_INS / "esp_idf"
    built = libraries(place / "examples" / "classify", folder / "build", {"IDF_PATH": str(stand_in)}, core)
    return image(
        bundle,
        folder / "image",
        c=[stand_in / "system.c", STAND_INS / "print_format.c"],
        headers=[STAND_INS, stand_in / "include"],
        objects=built,
        core=core,
    )


@pytest.mark.slow
def test_the_component_manager_packs_the_component(bundle, tmp_path, record_property):
    record_property("checked_by", "real tool: compote component pack")
    write(files(bundle), tmp_path)
    command = [need("compote"), "-W", "component", "pack", "--name", "tiny-digits", "--project-dir", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (packed,) = (tmp_path / "dist").glob("*.tgz")
    with tarfile.open(packed) as archive:
        names = {name.removeprefix("./") for name in archive.getnames()}
    assert {"CMakeLists.txt", "idf_component.yml", "include/tiny_digits.h"} <= names


def test_kconfig_is_as_espressif_wants_it(bundle, tmp_path, record_property):
    record_property("checked_by", "real tool: kconfcheck")
    if find_spec("kconfcheck") is None:
        pytest.skip("esp-idf-kconfig is not installed")
    write(files(bundle), tmp_path)
    command = [sys.executable, "-m", "kconfcheck", tmp_path / "Kconfig"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("core", ["rv32imc", pytest.param("cortex-m4f", marks=pytest.mark.slow)])
def test_the_example_tests_itself_and_classifies(bundle, picture_model, tmp_path, core, record_property):
    record_property("checked_by", "stand-in: tests/export/stand_ins/esp_idf")
    lines = printed(example(bundle, tmp_path, core), core, until="class:")
    assert lines[-2] == "PASS"
    assert re.fullmatch(rf"class: {label_of_the_ramp(picture_model)}, microseconds: \d+", lines[-1])


def test_the_example_says_that_the_self_test_failed(disturbed, tmp_path):
    assert printed(example(disturbed, tmp_path), "rv32imc")[-1] == "FAIL"


@pytest.mark.parametrize(("name", "chip"), [("esp32-devkitc", "esp32"), ("xiao-esp32s3-sense", "esp32s3")])
def test_the_chip_is_that_of_the_target(bundle, name, chip):
    of_chip = replace(bundle, target=as_target(load(name, Path())))
    assert f"idf.py set-target {chip}`".encode() in files(of_chip)["README.md"]
