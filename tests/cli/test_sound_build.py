"""A build from WAV files: training, parity of raw sounds, and classes of files."""

import json
import subprocess
import sys
import wave

import numpy as np
import pytest

pytestmark = pytest.mark.slow

PROJECT = """
[project]
name = "tones"
[data]
recipe = "tones"
[preprocessing]
kind = "mfcc"
sample_rate_hz = 8000
clip_ms = 256
mel_bands = 20
coefficients = 12
low_hz = 100
[model]
blocks = 1
[train]
epochs = 4
[build]
parity_pictures = 2
core_pictures = 1
[parity]
tflm = false
"""


def edgeflow(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "edgeflow", *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project with two classes: low and high tones in noise."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "edgeflow.toml").write_text(PROJECT)
    random = np.random.default_rng(0)
    for label, hz in (("high", 2000), ("low", 300)):
        (folder / "tones" / label).mkdir(parents=True)
        for number in range(40):
            phase = 2 * np.pi * hz * random.uniform(0.9, 1.1) * np.arange(2000) / 8000
            samples = 4000 * np.sin(phase) + random.normal(0, 300, 2000)
            with wave.open(str(folder / "tones" / label / f"{number}.wav"), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(8000)
                sound.writeframes(samples.astype("<i2").tobytes())
    return folder


def test_a_folder_of_sounds_becomes_a_checked_image(folder):
    report = json.loads(edgeflow(folder, "build", "--json"))
    assert report["evaluation"]["int8"]["accuracy"] > 0.9
    assert report["parity"]["differing_bytes"] == 0
    lines = {(*line["between"], line["kind"]) for line in report["parity"]["comparisons"]}
    assert {("host", "core", "preprocessing"), ("reference", "core", "classes of raw sounds")} <= lines
    model = folder / "build" / "tones" / "cortex-m" / "model_int8.tflite"
    files = [folder / "tones" / label / "3.wav" for label in ("high", "low")]
    answer = edgeflow(folder, "emulate", model, "--wav", files[0], "--wav", files[1], "--json")
    assert [row["class"] for row in json.loads(answer)["sounds"]] == ["high", "low"]
