"""The pool of a data set, and single pictures for a model."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edgeflow.data.layout import Item, Layout
from edgeflow.data.load import load_pictures, load_pool
from edgeflow.data.options import DataOptions
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.reader import open_pictures
from edgeflow.data.source import locate
from edgeflow.errors import DataError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.resize import resize
from edgeflow.preprocess.spec import picture_spec


def spec_of(**keys):
    return picture_spec(PreprocessingOptions(**keys))


def pool_of(folder, messages=None, *, min_side_pixels=8, max_pictures_per_class=None, **keys):
    options = DataOptions(
        recipe=str(folder), min_side_pixels=min_side_pixels, max_pictures_per_class=max_pictures_per_class
    )
    with open_pictures(locate(options, Path()), lambda _text: None) as pictures:
        return load_pool(
            pictures, options, spec_of(**keys), (messages if messages is not None else []).append
        )


def test_pictures_hashes_and_rows(make_folder):
    folder = make_folder({"a": 3, "b": 2}, height=20, width=30)
    pool = pool_of(folder, input_size=16, color_mode="rgb", interpolation="area")
    assert pool.images.shape == (5, 16, 16, 3)
    assert pool.images.dtype == np.uint8
    assert [p.item.name for p in pool.pictures] == [
        "a/000.png",
        "a/001.png",
        "a/002.png",
        "b/000.png",
        "b/001.png",
    ]
    for picture in pool.pictures:
        image = Image.open(folder / picture.item.name)
        assert (picture.width, picture.height) == (30, 20)
        assert picture.sha256 == hashlib.sha256(np.asarray(image).tobytes()).hexdigest()
        expected = resize(np.asarray(image), 16, 16, "area")
        assert np.array_equal(pool.images[picture.row], expected)
        assert picture.deployed_sha256 == hashlib.sha256(expected.tobytes()).hexdigest()


def test_hash_is_of_the_converted_pixels(make_folder):
    folder = make_folder({"a": 1})
    image = Image.open(folder / "a" / "000.png")
    expected = hashlib.sha256(np.asarray(image.convert("L")).tobytes()).hexdigest()
    assert pool_of(folder).pictures[0].sha256 == expected


def test_bad_and_tiny_pictures_are_left_out_by_name(make_folder, make_picture):
    folder = make_folder({"a": 2, "b": 2})
    (folder / "a" / "text.png").write_text("not a picture")
    make_picture(folder / "b" / "thin.png", 1, height=30, width=7)
    make_picture(folder / "b" / "just.png", 1, height=8, width=8)
    pool = pool_of(folder)
    assert [(p.name, p.reason, p.tiny) for p in pool.left_out] == [
        ("a/text.png", "not a picture in a known format", False),
        ("b/thin.png", "7x30 pixels", True),
    ]
    assert len(pool.pictures) == 5
    assert len(pool_of(folder, min_side_pixels=7).pictures) == 6


def test_many_pictures_keep_their_order_and_progress_is_told(messages):
    names = [f"c/{number:05d}" for number in range(1000)]
    source = PictureSet(
        Layout(tuple(Item(name, "c") for name in names), ("c",)),
        lambda item: np.full((8, 8), int(item.name[2:]) % 251, dtype=np.uint8),
    )
    pool = load_pool(source, DataOptions(), spec_of(input_size=8), messages.append)
    assert [p.item.name for p in pool.pictures] == names
    assert pool.images[:, 3, 3, 0].tolist() == [number % 251 for number in range(1000)]
    assert messages[-1].startswith("1,000 pictures read in ")


def test_error_in_a_thread_is_not_swallowed():
    def broken(item):
        raise RuntimeError(item.name)

    source = PictureSet(Layout((Item("c/1", "c"),), ("c",)), broken)
    with pytest.raises(RuntimeError, match="c/1"):
        load_pool(source, DataOptions(), spec_of(), lambda _text: None)


NOTES = {
    "shrinks by 2.5": ({"input_size": 16}, "the pictures shrink by 2.5 (median) and `bilinear`"),
    "nearest too": ({"input_size": 16, "interpolation": "nearest"}, "`nearest` then looks at few"),
    "crop shrinks less": ({"input_size": (12, 12), "aspect_ratio": "crop"}, None),
    "area averages": ({"input_size": 16, "interpolation": "area"}, None),
    "shrinks by 2": ({"input_size": 20}, None),
}


@pytest.mark.parametrize("case", NOTES)
def test_a_note_where_pixels_are_passed_over(make_folder, messages, case):
    keys, note = NOTES[case]
    pool_of(make_folder({"a": 3}, height=20, width=40), messages, **keys)
    found = [line for line in messages if "averages" in line]
    assert len(found) == (note is not None)
    assert note is None or note in found[0]


def test_limit_per_class_is_stable(make_folder, make_picture):
    folder = make_folder({"a": 20, "b": 4})
    names = {p.item.name for p in pool_of(folder, max_pictures_per_class=5).pictures}
    assert len([name for name in names if name.startswith("a/")]) == 5
    assert len([name for name in names if name.startswith("b/")]) == 4
    assert names != {p.item.name for p in pool_of(folder).pictures[:9]}
    make_picture(folder / "b" / "new.png", 99)
    more = {p.item.name for p in pool_of(folder, max_pictures_per_class=6).pictures}
    assert names <= more


def test_limit_per_class_counts_each_fixed_part(make_folder):
    folder = make_folder({"train/a": 6, "train/b": 6, "test/a": 4, "test/b": 4})
    taken = [p.item.name.rsplit("/", 1)[0] for p in pool_of(folder, max_pictures_per_class=3).pictures]
    assert {name: taken.count(name) for name in taken} == dict.fromkeys(
        ("train/a", "train/b", "test/a", "test/b"), 3
    )


def test_more_than_the_memory_is_refused_before_it_is_taken():
    items = (Item("c/1", "c"),) * 2_000_000
    source = PictureSet(Layout(items, ("c",)), lambda item: np.zeros((8, 8), dtype=np.uint8))
    with pytest.raises(DataError, match="2,000,000 pictures of 512x512x3 bytes need") as caught:
        load_pool(source, DataOptions(), spec_of(input_size=512, color_mode="rgb"), lambda _text: None)
    assert "smaller preprocessing.input_size" in caught.value.hint


def test_single_pictures_equal_those_of_the_pool(make_folder):
    folder = make_folder({"a": 2, "b": 1}, height=33, width=21)
    pool = pool_of(folder, input_size=24, color_mode="rgb")
    paths = [folder / p.item.name for p in pool.pictures]
    images = load_pictures(paths, spec_of(input_size=24, color_mode="rgb"))
    assert np.array_equal(images, pool.images)
    grey = load_pictures(paths[:1], spec_of(input_size=24, interpolation="nearest"))
    assert grey.shape == (1, 24, 24, 1)
    assert load_pictures([], spec_of(input_size=24, interpolation="nearest")).shape == (0, 24, 24, 1)


SINGLE_FAULTS = {
    "absent": (lambda path: None, "cannot read picture `.*x.png`: No such file"),
    "folder": (lambda path: path.mkdir(), "cannot read picture `.*x.png`: Is a directory"),
    "text": (lambda path: path.write_text("x"), "`.*x.png`: not a picture in a known format"),
}


@pytest.mark.parametrize("case", SINGLE_FAULTS)
def test_single_picture_faults_name_the_file(tmp_path, case):
    make, sentence = SINGLE_FAULTS[case]
    make(tmp_path / "x.png")
    with pytest.raises(DataError, match=sentence):
        load_pictures([tmp_path / "x.png"], spec_of(input_size=8))
