"""The whole stage on real files: what it writes, twice the same, and what it refuses."""

import csv
import hashlib
import json
import shutil
import time
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from edgeflow.data.layout import Item, Layout
from edgeflow.data.load import Picture
from edgeflow.data.options import DataOptions
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.raw import raw_pictures
from edgeflow.data.stage import run, scan
from edgeflow.errors import DataError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.picture import prepare
from edgeflow.preprocess.spec import MAX_SIDE, picture_spec, read_spec

FILES = [
    "audit.json",
    "dataset.json",
    "labels.txt",
    "pictures.csv",
    "preprocessing.json",
    "raw_pictures.npz",
    "test.npz",
    "train.npz",
    "val.npz",
]


def stage(out, recipe, *, seed=1, base_dir=None, messages=None, **keys):
    out.mkdir(parents=True)
    preparation = {key: keys.pop(key) for key in list(keys) if key in PreprocessingOptions.__struct_fields__}
    options = msgspec.convert({"recipe": str(recipe), **keys}, DataOptions)
    spec = picture_spec(PreprocessingOptions(**preparation))
    progress = (messages if messages is not None else []).append
    run(out, options=options, spec=spec, seed=seed, base_dir=base_dir or Path(), progress=progress)
    return out


def arrays(out, part):
    with np.load(out / f"{part}.npz") as content:
        assert sorted(content) == ["images", "labels"]
        return content["images"], content["labels"]


def rows(out):
    with (out / "pictures.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def digests(out):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}


def test_digits(tmp_path):
    out = stage(tmp_path / "out", "digits", input_size=24)
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert (out / "labels.txt").read_text() == "".join(f"{n}\n" for n in range(10))
    total = 0
    for part in ("train", "val", "test"):
        images, labels = arrays(out, part)
        assert images.dtype == np.uint8
        assert images.shape == (len(labels), 24, 24, 1)
        assert labels.dtype == np.int64
        assert set(labels) == set(range(10))
        total += len(labels)
    assert total == 1797
    manifest = json.loads((out / "dataset.json").read_text())
    assert manifest["name"] == "digits"
    spec = read_spec(out / "preprocessing.json")
    assert (spec.height, spec.width, spec.channels, spec.interpolation) == (24, 24, 1, "bilinear")
    assert manifest["archive"] is None
    assert {part: sum(manifest["counts"][part].values()) for part in ("train", "val", "test")} == {
        "train": 1169,
        "val": 269,
        "test": 359,
    }
    assert json.loads((out / "audit.json").read_text())["duplicates"] == []


def test_rows_labels_and_hashes_belong_together(tmp_path, make_folder):
    folder = make_folder({"cat": 12, "dog": 9, "owl": 7})
    out = stage(tmp_path / "out", folder, color_mode="rgb", interpolation="nearest", input_size=16)
    classes = (out / "labels.txt").read_text().split()
    assert classes == ["cat", "dog", "owl"]
    seen = set()
    for part in ("train", "val", "test"):
        images, labels = arrays(out, part)
        lines = [row for row in rows(out) if row["part"] == part]
        assert [int(row["index"]) for row in lines] == list(range(len(images)))
        for row, image, label in zip(lines, images, labels, strict=True):
            source = Image.open(folder / row["name"])
            assert np.array_equal(image, source.resize((16, 16), Image.Resampling.NEAREST))
            assert classes[label] == row["label"] == row["name"].split("/")[0]
            assert row["sha256"] == hashlib.sha256(np.asarray(source).tobytes()).hexdigest()
            assert (row["width"], row["height"]) == ("12", "10")
            seen.add(row["name"])
    assert len(seen) == 28


def test_raw_pictures_are_test_pictures_before_their_preparation(tmp_path, make_folder):
    """In colour at their own size, although the input is grey; four, or all where there are fewer."""
    for pictures, count in ((30, 4), (5, 2)):
        folder = make_folder({"cat": pictures, "dog": pictures}, name=f"of {pictures}")
        out = stage(tmp_path / f"{count}", folder, interpolation="area")
        images, _labels = arrays(out, "test")
        spec = read_spec(out / "preprocessing.json")
        with np.load(out / "raw_pictures.npz") as content:
            raw = [content[f"picture_{number}"] for number in range(len(content.files))]
        assert [(pixels.shape, pixels.dtype) for pixels in raw] == [((10, 12, 3), np.uint8)] * count
        for place, pixels in enumerate(raw):
            assert np.array_equal(prepare(pixels, spec), images[len(images) * place // count])


def test_raw_pictures_take_bounded_room():
    """The first in any case, then as many as fit; what a device does not take is passed over."""
    sizes = [(MAX_SIDE + 1, 1), (4096, 2730), (4096, 10), (10, 10)]
    pictures = [
        Picture(Item(f"{width}x{height}", "cat"), 0, width, height, "", "") for width, height in sizes
    ]
    pixels = {f"{width}x{height}": np.zeros((height, width), np.uint8) for width, height in sizes}
    source = PictureSet(Layout((), ("cat",)), lambda item: pixels[item.name])
    assert [found.shape for found in raw_pictures(source, pictures)] == [(2730, 4096, 1), (10, 10, 1)]
    assert [found.shape for found in raw_pictures(source, pictures[3:])] == [(10, 10, 1)]
    assert raw_pictures(source, pictures[:1]) == []


def test_same_data_same_bytes_from_folder_zip_time_and_place(tmp_path, make_folder, monkeypatch):
    folder = make_folder({"cat": 8, "dog": 8})
    first = digests(stage(tmp_path / "1", folder))
    with zipfile.ZipFile(tmp_path / "1" / "train.npz") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    copy = tmp_path / "elsewhere" / "pictures"
    copy.mkdir(parents=True)
    for path in sorted(folder.rglob("*.png"), reverse=True):
        (copy / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, copy / path.parent.name / path.name)
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert digests(stage(tmp_path / "2", "pictures", base_dir=tmp_path / "elsewhere")) == first
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for path in copy.rglob("*.png"):
            archive.write(path, path.relative_to(copy))
    zipped = digests(stage(tmp_path / "3", tmp_path / "pictures.zip"))
    assert {name for name in FILES if zipped[name] != first[name]} == {"dataset.json"}
    assert digests(stage(tmp_path / "4", folder, seed=2))["train.npz"] != first["train.npz"]


def test_duplicates_never_stand_in_two_parts(tmp_path, make_folder):
    folder = make_folder({"cat": 20, "dog": 20}, height=32, width=32)
    for n in range(0, 20, 2):
        image = Image.open(folder / "cat" / f"{n:03d}.png")
        image.save(folder / "cat" / f"z{n}.bmp")
        image.resize((64, 64), Image.Resampling.NEAREST).save(folder / "cat" / f"double{n}.png")
    out = stage(tmp_path / "out", folder, interpolation="area")
    pixels = {part: {image.tobytes() for image in arrays(out, part)[0]} for part in ("train", "val", "test")}
    assert not pixels["train"] & pixels["val"]
    assert not pixels["train"] & pixels["test"]
    assert not pixels["val"] & pixels["test"]
    found = json.loads((out / "audit.json").read_text())
    assert len(found["duplicates"]) == 10
    assert len(found["duplicates_at_deployment"]) == 10


def test_fixed_split_and_its_leaks(tmp_path, make_folder, messages):
    folder = make_folder({"train/cat": 10, "train/dog": 10, "test/cat": 4, "test/dog": 4})
    shutil.copy(folder / "test" / "cat" / "000.png", folder / "train" / "cat" / "leak.png")
    out = stage(tmp_path / "out", folder, messages=messages)
    found = json.loads((out / "audit.json").read_text())
    assert found["removed"] == [{"name": "train/cat/leak.png", "same_as": "test/cat/000.png"}]
    assert {row["name"] for row in rows(out) if row["part"] == "test"} == {
        f"test/{label}/{n:03d}.png" for label in ("cat", "dog") for n in range(4)
    }
    assert "train/cat/leak.png" not in {row["name"] for row in rows(out)}
    assert json.loads((out / "dataset.json").read_text())["fixed_split"] is True
    assert "16 train, 4 val, 8 test, 2 classes" in messages
    assert any("another part holds the same picture" in line for line in messages)


def test_an_input_that_is_no_square(tmp_path, make_folder):
    folder = make_folder({"cat": 12, "dog": 9}, height=20, width=44)
    keys = {
        "input_size": (8, 24),
        "interpolation": "area",
        "aspect_ratio": "pad",
        "scale": 1 / 255,
        "offset": 0.0,
    }
    out = stage(tmp_path / "out", folder, **keys)
    spec = read_spec(out / "preprocessing.json")
    assert (spec.height, spec.width, spec.scale, spec.offset) == (8, 24, (1 / 255,), (0.0,))
    images, _ = arrays(out, "train")
    assert images.shape[1:] == (8, 24, 1)
    # 44 x 20 in a height of 8 is 17.6, rounded to 18 wide: three columns of borders on each side
    assert (images[:, :, [0, 1, 2, 21, 22, 23]] == 128).all()
    assert images[:, :, 3:21].std() > 5


def test_suggestions_of_a_recipe_are_mentioned(tmp_path, messages):
    stage(
        tmp_path / "out",
        "digits",
        color_mode="rgb",
        input_size=8,
        max_pictures_per_class=5,
        messages=messages,
    )
    assert any("suggests color_mode = 'grayscale'" in line for line in messages)
    assert arrays(tmp_path / "out", "train")[0].shape[1:] == (8, 8, 3)


REFUSED = {
    "missing folder": (shutil.rmtree, "there is no folder or archive"),
    "one class": (lambda folder: shutil.rmtree(folder / "dog"), "only one class, `cat`"),
    "empty class": (
        lambda folder: (folder / "owl").mkdir(),
        "class `owl` of `pictures` holds no usable picture",
    ),
    "class too small": (
        lambda folder: [(folder / "dog" / f"{n:03d}.png").unlink() for n in range(4)],
        "class `dog` has 2 different pictures of its own, too few",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_data_write_nothing(tmp_path, make_folder, case):
    folder = make_folder({"cat": 6, "dog": 6})
    spoil, sentence = REFUSED[case]
    spoil(folder)
    with pytest.raises(DataError, match=sentence) as caught:
        stage(tmp_path / "out", folder)
    assert caught.value.hint
    assert list((tmp_path / "out").iterdir()) == []


def test_scan_writes_nothing_and_does_not_refuse(make_folder):
    folder = make_folder({"cat": 2})
    before = sorted(folder.rglob("*"))
    assert scan(DataOptions(recipe=str(folder)), picture_spec(PreprocessingOptions()), Path())[
        "class_counts"
    ] == {"cat": 2}
    assert sorted(folder.rglob("*")) == before


@pytest.mark.slow
def test_part_of_real_cifar10(tmp_path, shared_dir):
    keys = {"path": str(shared_dir / "data" / "cifar10.zip"), "color_mode": "rgb", "input_size": 32}
    out = stage(tmp_path / "out", "cifar10", max_pictures_per_class=10, **keys)
    manifest = json.loads((out / "dataset.json").read_text())
    assert {part: set(manifest["counts"][part].values()) for part in manifest["counts"]} == {
        "train": {8},
        "val": {2},
        "test": {10},
    }
    assert manifest["archive"]["name"] == "cifar10.zip"
    assert all(row["name"].startswith("test/") == (row["part"] == "test") for row in rows(out))
    images, _ = arrays(out, "test")
    with zipfile.ZipFile(keys["path"]) as archive:
        name = next(row["name"] for row in rows(out) if row["part"] == "test")
        assert np.array_equal(images[0], Image.open(archive.open(name)))


@pytest.mark.slow
def test_whole_real_cifar10(tmp_path, shared_dir):
    started = time.monotonic()
    keys = {"path": str(shared_dir / "data" / "cifar10.zip"), "color_mode": "rgb", "input_size": 32}
    out = stage(tmp_path / "out", "cifar10", **keys)
    assert time.monotonic() - started < 180
    assert [arrays(out, part)[0].shape for part in ("train", "val", "test")] == [
        (42_500, 32, 32, 3),
        (7_500, 32, 32, 3),
        (10_000, 32, 32, 3),
    ]
    pixels = {part: {image.tobytes() for image in arrays(out, part)[0]} for part in ("train", "val", "test")}
    assert not pixels["train"] & pixels["val"]
    assert not pixels["train"] & pixels["test"]
    assert not pixels["val"] & pixels["test"]
