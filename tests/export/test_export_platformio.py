"""`pio pkg pack` accepts the library; a sketch with its flags runs in QEMU on a stand-in for Arduino."""

import json
import re
import subprocess
import tarfile
from pathlib import Path

import pytest
from bundles import label_of_the_ramp
from exported import need, write
from uart_program import image, printed

from edgeflow.export.platformio import files

STAND_IN = Path(__file__).parent / "stand_ins" / "arduino"


def sketch(bundle, folder, core="cortex-m4f"):
    place = write(files(bundle), folder / "library")
    ino = (place / "examples" / "Classify" / "Classify.ino").read_text()
    (folder / "sketch.cpp").write_text(f"#include <Arduino.h>\n{ino}")
    build = json.loads((place / "library.json").read_text())["build"]
    return image(
        bundle,
        folder / "build",
        c=sorted((place / build["srcDir"]).glob("*.c")),
        c_options=build["flags"],
        cpp=[folder / "sketch.cpp", STAND_IN / "core.cpp"],
        headers=[place / build["includeDir"], STAND_IN],
        core=core,
    )


@pytest.mark.slow
def test_platformio_packs_the_library(bundle, tmp_path, record_property):
    record_property("checked_by", "real tool: pio pkg pack")
    place = write(files(bundle), tmp_path / "library")
    command = [need("pio"), "pkg", "pack", "-o", tmp_path / "library.tar.gz", place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Could not load SPDX licenses" in done.stdout + done.stderr:  # pio gets their list from the network
        record_property("not_checked", "the name of the licence")
        manifest = json.loads((place / "library.json").read_text())
        assert manifest.pop("license") == "Apache-2.0"
        (place / "library.json").write_text(json.dumps(manifest))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(tmp_path / "library.tar.gz") as archive:
        names = archive.getnames()
    assert {"library.json", "src/tiny_digits.h", "examples/Classify/Classify.ino"} <= set(names)


def test_the_manifest_has_what_the_registry_asks_for(bundle, record_property):
    record_property("checked_by", "stand-in: the fields of PlatformIO's library.json")
    manifest = json.loads(files(bundle)["library.json"])
    assert {"name", "version", "description", "keywords", "authors", "frameworks", "platforms"} < set(
        manifest
    )
    assert f"src/{manifest['headers']}" in files(bundle)
    assert "-ffp-contract=off" in manifest["build"]["flags"]


@pytest.mark.parametrize("core", ["cortex-m4f", pytest.param("rv32imc", marks=pytest.mark.slow)])
def test_the_sketch_tests_itself_and_classifies(bundle, picture_model, tmp_path, core, record_property):
    record_property("checked_by", "stand-in: tests/export/stand_ins/arduino")
    lines = printed(sketch(bundle, tmp_path, core), core, until="class:")
    assert lines[-2] == "PASS"
    assert re.fullmatch(rf"class: {label_of_the_ramp(picture_model)}, microseconds: \d+", lines[-1])


def test_the_sketch_says_that_the_self_test_failed(disturbed, tmp_path):
    assert printed(sketch(disturbed, tmp_path))[-1] == "FAIL"
