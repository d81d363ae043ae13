"""What the first checks find, and what they refuse."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from edgeflow.data.audit import findings, require_trainable
from edgeflow.data.options import DataOptions
from edgeflow.data.recipe import FixedSplit
from edgeflow.data.stage import scan
from edgeflow.errors import DataError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec


def spec_of(**keys):
    return picture_spec(PreprocessingOptions(**keys))


@pytest.fixture
def messy(make_folder, make_picture):
    """A folder with one of everything."""
    folder = make_folder({"cat": 3, "dog": 3}, height=16, width=16)
    shutil.copy(folder / "cat" / "000.png", folder / "cat" / "copy.png")
    image = Image.open(folder / "dog" / "001.png")
    image.save(folder / "dog" / "same pixels.bmp")
    shutil.copy(folder / "cat" / "001.png", folder / "dog" / "wrong label.png")
    # Every pixel twice as wide and high: another picture at its own size, the same at 16x16.
    image.resize((32, 32), Image.Resampling.NEAREST).save(folder / "dog" / "twice.png")
    make_picture(folder / "cat" / "tiny.png", 50, height=4, width=16)
    (folder / "dog" / "fake.jpg").write_text("text")
    (folder / "dog" / "notes.txt").write_text("text")
    make_picture(folder / "lost.png", 51)
    return folder


def test_everything_is_found_by_name(messy):
    result = scan(DataOptions(recipe=str(messy)), spec_of(input_size=16, interpolation="nearest"), Path())
    assert result == {
        "schema": 1,
        "name": "pictures",
        "kind": "picture",
        "pictures": 12,
        "usable": 10,
        "class_counts": {"cat": 4, "dog": 6},
        "unreadable": [{"name": "dog/fake.jpg", "reason": "not a picture in a known format"}],
        "tiny": [{"name": "cat/tiny.png", "reason": "16x4 pixels"}],
        "not_pictures": ["dog/notes.txt"],
        "outside_classes": ["lost.png"],
        "duplicates": [
            ["cat/000.png", "cat/copy.png"],
            ["cat/001.png", "dog/wrong label.png"],
            ["dog/001.png", "dog/same pixels.bmp"],
        ],
        "duplicates_at_deployment": [["dog/001.png", "dog/same pixels.bmp", "dog/twice.png"]],
        "conflicting_labels": [{"labels": ["cat", "dog"], "names": ["cat/001.png", "dog/wrong label.png"]}],
    }
    json.dumps(result)


def test_deployed_size_decides_what_becomes_identical(messy):
    result = scan(DataOptions(recipe=str(messy)), spec_of(input_size=32, interpolation="bilinear"), Path())
    assert result["duplicates_at_deployment"] == []
    assert len(result["duplicates"]) == 3


def test_equal_bytes_of_other_shape_are_no_duplicates(tmp_path):
    for label, size in (("a", (8, 32)), ("b", (32, 8))):
        (tmp_path / label).mkdir()
        Image.new("L", size, 9).save(tmp_path / label / "x.png")
    result = scan(DataOptions(recipe=str(tmp_path)), spec_of(), Path())
    assert result["duplicates"] == []
    assert result["duplicates_at_deployment"] == [["a/x.png", "b/x.png"]]


def test_findings_are_lines_with_an_example(messy):
    result = scan(DataOptions(recipe=str(messy)), spec_of(input_size=16, interpolation="nearest"), Path())
    result["removed"] = [{"name": "train/a.png", "same_as": "test/b.png"}]
    assert findings(result) == [
        "1 unreadable, left out, such as `dog/fake.jpg` (not a picture in a known format)",
        "1 too small, left out, such as `cat/tiny.png` (16x4 pixels)",
        "1 not pictures, ignored, such as `dog/notes.txt`",
        "1 outside a class folder, ignored, such as `lost.png`",
        "3 groups of identical pictures, each kept in one part, such as `cat/000.png` = `cat/copy.png`",
        (
            "1 groups identical at the deployed size only, each kept in one part, such as `dog/001.png` = "
            "`dog/same pixels.bmp`"
        ),
        "1 groups of identical pictures with different labels, such as `cat/001.png` = `dog/wrong label.png`",
        "1 left out because another part holds the same picture, such as `train/a.png` (test/b.png)",
    ]


def test_clean_data_have_no_findings(make_folder):
    assert findings(scan(DataOptions(recipe=str(make_folder({"a": 3, "b": 3}))), spec_of(), Path())) == []


def empty_folder(folder):
    pass


def one_class(folder):
    (folder / "cat").mkdir()
    Image.new("L", (9, 9)).save(folder / "cat" / "1.png")


def one_class_empty(folder):
    one_class(folder)
    (folder / "dog").mkdir()


def one_class_unreadable(folder):
    one_class_empty(folder)
    (folder / "dog" / "1.png").write_text("text")


def no_class_folders(folder):
    Image.new("L", (9, 9)).save(folder / "1.png")


REFUSED = {
    empty_folder: "`set` has no class folder with pictures$",
    no_class_folders: r"no class folder with pictures \(1 pictures lie outside one, such as `1.png`\)",
    one_class: "`set` has only one class, `cat`; a classifier needs at least two",
    one_class_empty: "class `dog` of `set` holds no usable picture$",
    one_class_unreadable: "holds no usable picture; `dog/1.png`: not a picture in a known format",
}


@pytest.mark.parametrize("make", REFUSED, ids=lambda make: make.__name__)
def test_too_few_classes_are_refused_in_a_sentence(tmp_path, make):
    folder = tmp_path / "set"
    folder.mkdir()
    make(folder)
    result = scan(DataOptions(recipe=str(folder)), spec_of(), Path())
    with pytest.raises(DataError, match=REFUSED[make]) as caught:
        require_trainable(result, None)
    assert "folder" in caught.value.hint


def test_hint_names_the_folders_of_a_fixed_split(tmp_path):
    no_class_folders(tmp_path)
    result = scan(DataOptions(recipe=str(tmp_path)), spec_of(), Path())
    with pytest.raises(DataError) as caught:
        require_trainable(result, FixedSplit(train="tr", test="te"))
    assert caught.value.hint.endswith("below `tr` and `te`")
