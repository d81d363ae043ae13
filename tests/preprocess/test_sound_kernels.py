"""Features of sound in C: the same bytes as in Python, however the samples come in."""

import io
import re
import shutil
import subprocess
import wave
import zipfile

import numpy as np
import pytest
from sound_kernels import PREPROCESS, SOURCES, Microphone
from sound_oracle import clips_to_try
from sound_specs import SPECS, make

from edgeflow.preprocess.audio import sound_features

BY_HALVES = "-D__ARM_ARCH_6M__"  # the products of a core without long ones


@pytest.mark.parametrize(
    ("name", "flags"),
    [(name, ()) for name in SPECS]
    + [(name, (BY_HALVES,)) for name in ("mfcc at 8 kHz", "largest", "odd window")],
)
def test_c_is_python(name, flags):
    spec = SPECS[name]
    microphone = Microphone(spec, *flags)
    clips = clips_to_try(spec.clip_samples)
    expected = sound_features(clips, spec)
    for clip, features in zip(clips, expected, strict=True):
        assert np.array_equal(microphone.features(clip, [spec.clip_samples]), features)


@pytest.mark.parametrize("chunks", [[1], [7, 64, 1, 300], [128], [129]])
def test_pieces_make_no_difference(chunks):
    spec = SPECS["mfcc at 8 kHz"]
    clip = clips_to_try(spec.clip_samples)[20]
    assert np.array_equal(Microphone(spec).features(clip, chunks), sound_features(clip[None], spec)[0])


def test_random_samples():
    """Frames of random loudness, each of its own statistics."""
    random = np.random.default_rng(5)
    spec = make("mfcc", clip_ms=32, mel_bands=40, low_hz=100, coefficients=40)
    frames = random.integers(-32768, 32768, (300, spec.clip_samples)) >> random.integers(0, 16, (300, 1))
    frames = np.where(random.random(frames.shape) < random.random((300, 1)), frames, 0).astype(np.int16)
    microphone = Microphone(spec)
    for frame, features in zip(frames, sound_features(frames, spec), strict=True):
        assert np.array_equal(microphone.features(frame, [spec.clip_samples]), features)


def test_recorded_speech(shared_dir):
    spec = SPECS["log-mel at 8 kHz"]
    clips = []
    with zipfile.ZipFile(shared_dir / "data" / "fsdd.zip") as archive:
        for name in sorted(archive.namelist())[::100]:
            with wave.open(io.BytesIO(archive.read(name))) as sound:
                samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
            clips.append(np.pad(samples, (0, spec.clip_samples))[: spec.clip_samples])
    assert len(clips) == 30
    microphone = Microphone(spec)
    for clip, features in zip(clips, sound_features(np.stack(clips), spec), strict=True):
        assert np.array_equal(microphone.features(clip, [160]), features)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.stem)
def test_file_is_its_function(source):
    text = source.read_text()
    exported = re.findall(r"^(?!static)\w[\w ]*?(\w+)\(([^)]*)\)\n\{", text, re.MULTILINE)
    assert [name for name, _ in exported] == [source.stem]
    assert exported[0][1].count(",") + 1 <= 6
    assert text.count("\n") < 120
    assert "float" not in text or source.stem == "ef_audio_values"  # a table of a float input
    assert "double" not in text


@pytest.mark.skipif(shutil.which("cppcheck") is None, reason="cppcheck is not installed")
def test_cppcheck_finds_nothing():
    command = ["cppcheck", "--std=c99", "--quiet", "--enable=warning,style,performance,portability"]
    done = subprocess.run(
        [*command, f"-I{PREPROCESS / 'include'}", *SOURCES], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
