"""Folders of WAV files through the data stage."""

import csv
import json
import wave

import numpy as np
import pytest

from edgeflow.data.audit import findings
from edgeflow.data.load import load_sounds
from edgeflow.data.options import DataOptions
from edgeflow.data.stage import run, scan
from edgeflow.errors import DataError
from edgeflow.preprocess.audio import sound_features
from edgeflow.preprocess.audio_options import LogMelOptions, resolved
from edgeflow.preprocess.declaration import read_declaration
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec

SPEC = resolved(LogMelOptions(sample_rate_hz=8000, clip_ms=200, mel_bands=16, low_hz=80))
RECIPE = """
schema = 1
name = "{name}"
title = "Tones"
kind = "{kind}"
licence = "CC0-1.0"
[[location]]
path = "tones"
{more}
"""


def tone(path, turns, *, samples=1400, rate=8000):
    """A tone of its own loudness, as 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.rint(3000 * np.sin(2 * np.pi * turns * np.arange(samples))).astype("<i2")
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(values.tobytes())
    return values


@pytest.fixture
def tones(tmp_path):
    """Two classes of ten tones, and files that are wrong."""
    folder = tmp_path / "tones"
    for label, base in (("high", 0.2), ("low", 0.03)):
        for number in range(10):
            tone(folder / label / f"{label}_{number}.wav", base + 0.001 * number)
    return folder


def prepare(folder, out_dir, **options):
    out_dir.mkdir()
    progress = []
    run(
        out_dir,
        options=DataOptions(recipe=str(folder), **options),
        spec=SPEC,
        seed=1,
        base_dir=folder.parent,
        progress=progress.append,
    )
    return progress


def test_folder_of_sounds(tones, tmp_path):
    progress = prepare(tones, tmp_path / "out")
    assert any("20 sounds read" in line for line in progress)
    dataset = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert dataset["title"] == "sounds of `tones`"
    assert dataset["classes"] == ["high", "low"]
    assert read_declaration(tmp_path / "out" / "preprocessing.json") == SPEC
    with np.load(tmp_path / "out" / "test.npz") as part:
        assert part["images"].shape == (4, *SPEC.shape)
        images = part["images"]
    rows = [
        row for row in csv.DictReader((tmp_path / "out" / "pictures.csv").open()) if row["part"] == "test"
    ]
    assert {(row["width"], row["height"]) for row in rows} == {("1400", "1")}
    assert np.array_equal(images, load_sounds([tones / row["name"] for row in rows], SPEC))


def test_clips_are_cut_and_filled(tmp_path):
    long = tone(tmp_path / "long.wav", 0.1, samples=3000)
    short = tone(tmp_path / "short.wav", 0.1, samples=700)
    expected = np.stack([long[:1600], np.pad(short, (0, 900))])
    found = load_sounds([tmp_path / "long.wav", tmp_path / "short.wav"], SPEC)
    assert np.array_equal(found, sound_features(expected, SPEC))


def test_bad_files_have_reasons(tones):
    tone(tones / "low" / "a.wav", 0.1, rate=16000)
    tone(tones / "low" / "b.wav", 0.1, samples=0)
    tone(tones / "low" / "c.wav", 0.1, samples=100)
    (tones / "low" / "d.wav").write_text("hello")
    (tones / "low" / "e.png").write_text("hello")
    (tones / "low" / "f.wav").write_bytes((tones / "low" / "low_1.wav").read_bytes()[:500])
    tone(tones / "low" / "g.wav", 0.031)
    audit = scan(DataOptions(recipe=str(tones)), SPEC, tones)
    assert {item["name"]: item["reason"] for item in audit["unreadable"]} == {
        "low/a.wav": "16000 samples a second, not 8000",
        "low/b.wav": "no samples",
        "low/d.wav": "ends in its header",
        "low/f.wav": "cut short: 228 of 1400 samples",
    }
    assert audit["tiny"] == [{"name": "low/c.wav", "reason": "100 samples, less than a window"}]
    assert audit["not_pictures"] == ["low/e.png"]
    assert audit["duplicates"] == [["low/g.wav", "low/low_1.wav"]]
    assert len(findings(audit)) == 4
    assert findings(audit)[2] == "1 not sounds, ignored, such as `low/e.png`"


def test_names_divide_a_recipe(tones, tmp_path):
    recipe = tmp_path / "mine.toml"
    recipe.write_text(RECIPE.format(name="mine", kind="sounds", more='[name_split]\ntest = "*_[0-2].wav"'))
    prepare(recipe, tmp_path / "out")
    rows = list(csv.DictReader((tmp_path / "out" / "pictures.csv").open()))
    test = {row["name"] for row in rows if row["part"] == "test"}
    assert test == {f"{label}/{label}_{number}.wav" for label in ("high", "low") for number in range(3)}


@pytest.mark.parametrize(("kind", "of_sound"), [("pictures", True), ("sounds", False)])
def test_kinds_do_not_mix(tones, tmp_path, kind, of_sound):
    recipe = tmp_path / "mine.toml"
    recipe.write_text(RECIPE.format(name="mine", kind=kind, more=""))
    spec = SPEC if of_sound else picture_spec(PreprocessingOptions())
    with pytest.raises(DataError, match=rf"recipe `mine` holds {kind}, which \[preprocessing\] is not for"):
        scan(DataOptions(recipe=str(recipe)), spec, tones)


def test_scan_takes_the_suggested_rate(tones, tmp_path):
    recipe = tmp_path / "mine.toml"
    more = "[suggested]\nsample_rate_hz = 8000"
    recipe.write_text(RECIPE.format(name="mine", kind="sounds", more=more))
    assert scan(DataOptions(recipe=str(recipe)), None, tones)["usable"] == 20


def test_unreadable_sound_is_named(tmp_path):
    with pytest.raises(DataError, match=r"cannot read sound `.*none.wav`: No such file"):
        load_sounds([tmp_path / "none.wav"], SPEC)
