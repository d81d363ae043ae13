"""The library against a stand-in for an Arduino core: its sketches run in QEMU, the benchmark drives one."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from bundles import bundle_of, label_of_the_ramp
from exported import write
from qemu_uart import on_pty
from tflite_file import fully_connected
from uart_program import image, printed

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.export.archive import zip_of
from edgeflow.export.arduino import files
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_options import LogMelOptions, resolved
from edgeflow.preprocess.values import apply_table, raw_table

STAND_IN = Path(__file__).parent / "stand_ins" / "arduino"
SLOW_CORES = [pytest.param(core, marks=pytest.mark.slow) for core in ("cortex-m3", "rv32imc")]
# The keys of the Arduino library specification that a library must have, or that users see.
_KEYS = "name version author maintainer sentence paragraph category url architectures includes".split()


def sketch(bundle, folder, name, core="cortex-m4f"):
    """A sketch as an Arduino core builds it: the .ino becomes C++ behind Arduino.h, src/ is compiled flat."""
    place = write(files(bundle), folder / "library")
    ino = (place / "examples" / name / f"{name}.ino").read_text()
    (folder / "sketch.cpp").write_text(f"#include <Arduino.h>\n{ino}")
    return image(
        bundle,
        folder / "build",
        c=sorted(place.glob("src/*.c")),
        cpp=[folder / "sketch.cpp", STAND_IN / "core.cpp"],
        headers=[place / "src", STAND_IN],
        core=core,
    )


def test_the_archive_is_a_library_of_the_specification(bundle, record_property):
    record_property("checked_by", "stand-in: the rules of the Arduino library specification")
    with zipfile.ZipFile(io.BytesIO(zip_of(bundle.name, files(bundle)))) as archive:
        names = archive.namelist()
        text = archive.read("tiny-digits/library.properties").decode()
    properties = dict(line.split("=", 1) for line in text.splitlines())
    assert list(properties) == _KEYS
    assert all(properties.values())
    assert re.fullmatch(r"[A-Za-z0-9][\w .-]{0,62}", properties["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["version"])
    assert f"tiny-digits/src/{properties['includes']}" in names
    assert not [name for name in names if name.startswith("tiny-digits/src/") and name.count("/") > 2]
    assert {"tiny-digits/examples/Classify/Classify.ino"} < set(names)


@pytest.mark.parametrize("core", ["cortex-m4f", *SLOW_CORES])
def test_the_sketch_tests_itself_and_classifies_a_raw_picture(
    bundle, picture_model, tmp_path, core, record_property
):
    record_property("checked_by", "stand-in: tests/export/stand_ins/arduino")
    lines = printed(sketch(bundle, tmp_path, "Classify", core), core, until="class:")
    assert lines[-2] == "PASS"
    assert re.fullmatch(rf"class: {label_of_the_ramp(picture_model)}, microseconds: \d+", lines[-1])


def test_the_sketch_says_that_the_self_test_failed(disturbed, tmp_path):
    assert printed(sketch(disturbed, tmp_path, "Classify"))[-1] == "FAIL"


def test_the_benchmark_measures_the_sketch(bundle, picture_model, tmp_path):
    with on_pty(sketch(bundle, tmp_path, "Benchmark"), "mps2-an386") as port:
        command = [sys.executable, "-m", "edgeflow", "benchmark", picture_model, "--serial", port]
        done = subprocess.run(
            [*command, "--runs", "20", "--target", "cortex-m", "--build-dir", tmp_path, "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert '"differing_bytes": 0' in done.stdout


def test_a_model_without_labels_in_two_memories_prints_its_highest_output(picture_model, tmp_path):
    bundle = bundle_of(picture_model, tmp_path / "c", labels=(), regions=(64, 4096))
    lines = printed(sketch(bundle, tmp_path, "Classify"), until="highest")
    assert lines[-2] == "PASS"


@pytest.mark.slow
def test_the_sketch_of_a_model_for_sounds_prepares_silence(tmp_path):
    spec = resolved(LogMelOptions(sample_rate_hz=8000, clip_ms=130, mel_bands=21, low_hz=80))
    random = np.random.default_rng(11)
    weights = random.integers(-127, 128, (3, spec.frames * spec.width))
    model = tmp_path / "sound.tflite"
    model.write_bytes(fully_connected((1, *spec.shape), weights, np.zeros(3, int), (1 / 128, 1 / 64, 1 / 16)))
    bundle = bundle_of(model, tmp_path / "c", labels=("no", "yes", "other"), preprocessing=spec)
    silence = sound_features(np.zeros((1, spec.clip_samples), np.int16), spec)
    (scores,) = DesktopRuntime(model).run(
        [apply_table(raw_table(spec, (1 / 128,), (0,), "int8"), silence)[None]]
    )
    lines = printed(sketch(bundle, tmp_path, "Classify"), until="class:")
    assert lines[-2] == "PASS"
    assert lines[-1].startswith(f"class: {bundle.labels[int(scores.argmax())]},")


def test_kernels_are_compiled_with_their_own_options(bundle):
    sources = {name: data for name, data in files(bundle).items() if re.fullmatch(r"src/.*\.c", name)}
    assert sources
    assert all(b'#pragma GCC optimize("O2", "fp-contract=off")' in data for data in sources.values())
