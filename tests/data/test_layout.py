"""Names to classes and parts."""

import pytest

from edgeflow.data.layout import SOUND_SUFFIXES, Item, arrange, common_folder
from edgeflow.data.recipe import FixedSplit, NameSplit
from edgeflow.errors import DataError

FIXED = FixedSplit(train="train", test="test")

# names -> (name, label, part) of the pictures
ARRANGED = {
    "one folder per class": (
        ["b/2.png", "a/1.jpg"],
        None,
        [("a/1.jpg", "a", None), ("b/2.png", "b", None)],
    ),
    "pictures may lie deeper": (
        ["a/day 1/x.png", "b/x.png"],
        None,
        [("a/day 1/x.png", "a", None), ("b/x.png", "b", None)],
    ),
    "suffix in capitals": (["a/X.JPG", "b/y.PNG"], None, [("a/X.JPG", "a", None), ("b/y.PNG", "b", None)]),
    "fixed split of a recipe": (
        ["train/a/1.png", "test/a/1.png"],
        FIXED,
        [("test/a/1.png", "a", "test"), ("train/a/1.png", "a", "train")],
    ),
    "fixed split by names": (
        ["Train/a/1.png", "test/b/1.png", "validation/a/1.png"],
        None,
        [
            ("Train/a/1.png", "a", "train"),
            ("test/b/1.png", "b", "test"),
            ("validation/a/1.png", "a", "val"),
        ],
    ),
    "train and test as classes": (
        ["train/1.png", "test/1.png"],
        None,
        [("test/1.png", "test", None), ("train/1.png", "train", None)],
    ),
    "train and test among other classes": (
        ["train/x/1.png", "test/x/1.png", "bus/x/1.png"],
        None,
        [("bus/x/1.png", "bus", None), ("test/x/1.png", "test", None), ("train/x/1.png", "train", None)],
    ),
    "other folders beside a fixed split": (
        ["train/a/1.png", "test/a/1.png", "raw/a/1.png"],
        FIXED,
        [("test/a/1.png", "a", "test"), ("train/a/1.png", "a", "train")],
    ),
}


@pytest.mark.parametrize("case", ARRANGED)
def test_pictures_get_class_and_part(case):
    names, split, expected = ARRANGED[case]
    layout = arrange(names, [], split)
    assert layout.items == tuple(Item(*row) for row in expected)
    assert layout.classes == tuple(sorted({row[1] for row in expected}))


@pytest.mark.parametrize("case", ARRANGED)
def test_order_of_the_names_does_not_matter(case):
    names, split, _ = ARRANGED[case]
    assert arrange(names[::-1], [], split) == arrange(names, [], split)


def test_what_is_no_picture_is_listed():
    names = [
        "a/1.png",
        "readme.txt",
        "a/Thumbs.db",
        ".git/x.png",
        "a/.hidden.png",
        "__MACOSX/a/._1.png",
        "2.png",
    ]
    layout = arrange(names, [".git", "__MACOSX", "a"], None)
    assert layout.not_pictures == (
        ".git/x.png",
        "__MACOSX/a/._1.png",
        "a/.hidden.png",
        "a/Thumbs.db",
        "readme.txt",
    )
    assert layout.outside_classes == ("2.png",)
    assert layout.classes == ("a",)


def test_pictures_outside_the_fixed_parts_are_listed():
    layout = arrange(["train/a/1.png", "test/a/1.png", "train/2.png", "raw/a/3.png"], [], FIXED)
    assert layout.outside_classes == ("raw/a/3.png", "train/2.png")


def test_empty_class_folders_are_classes():
    assert arrange(["a/1.png"], ["a", "b", "b/deeper"], None).classes == ("a", "b")
    folders = ["train", "test", "train/a", "test/a", "test/b", "test/.cache"]
    assert arrange(["train/a/1.png", "test/a/1.png"], folders, FIXED).classes == ("a", "b")


def test_class_name_that_breaks_labels_txt():
    with pytest.raises(DataError, match="not printable text") as caught:
        arrange(["a\nb/1.png"], [], None)
    assert "\n" not in caught.value.message


COMMON = {
    "nothing around": (["a/1.png", "b/1.png"], ""),
    "one folder around": (["set/a/1.png", "set/b/1.png", "set/readme.txt"], "set/"),
    "two folders around": (["x/y/a/1.png", "x/y/b/1.png"], "x/y/"),
    "only one class": (["set/a/1.png", "set/a/2.png"], ""),
    "one class with its pictures": (["cats/1.png", "cats/2.png"], ""),
    "a picture beside the classes": (["set/a/1.png", "set/b/1.png", "set/1.png"], ""),
    "around a fixed split": (["c/train/a/1.png", "c/test/a/1.png"], "c/"),
    "names that only begin alike": (["ab/1.png", "ac/1.png"], ""),
    "a picture at the top": (["set/a/1.png", "set/b/1.png", "1.png"], ""),
    "no picture at all": (["readme.txt"], ""),
}


@pytest.mark.parametrize("case", COMMON)
def test_folder_around_the_classes(case):
    names, expected = COMMON[case]
    assert common_folder(names) == expected


def test_names_tell_the_part():
    names = ["0/0_jane_0.wav", "0/0_jane_12.wav", "1/1_jane_4.WAV", "1/1_jane_5.wav", "1/1.png", "README.md"]
    split = NameSplit(test="*_[0-4].wav", validation="*_5.wav")
    layout = arrange(names, [], split, SOUND_SUFFIXES)
    assert {item.name: item.part for item in layout.items} == {
        "0/0_jane_0.wav": "test",
        "0/0_jane_12.wav": "train",
        "1/1_jane_4.WAV": "train",
        "1/1_jane_5.wav": "val",
    }
    assert layout.not_pictures == ("1/1.png", "README.md")
    assert layout.classes == ("0", "1")
