"""Which cases count as the worst, their scores, and pictures that any PNG reader can read."""

import io
import json

import numpy as np
import pytest

from edgeflow.emulate.part import Part
from edgeflow.emulate.png import png
from edgeflow.emulate.runtime import TensorInfo
from edgeflow.emulate.worst import class_scores, write_worst
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec

NAMES = ("one", "two", "three")
# Case 1 is wrong by 60 steps, 3 by 1, 2 is a tie that the first class wins, 0 is right.
SCORES = np.array([[10, 90, 0], [80, 0, 20], [50, 50, 0], [30, 31, 39]], np.int8)
LABELS = np.array([1, 2, 0, 1])


def info(**facts):
    return TensorInfo(**{"tensor_id": 0, "name": "out", "shape": (3,), "dtype": "int8", **facts})


@pytest.fixture
def part():
    random = np.random.default_rng(4)
    spec = picture_spec(PreprocessingOptions(input_size=8))
    return Part((random.integers(0, 256, (4, 200, 100, 1)).astype(np.uint8),), LABELS, spec)


def worst(part, tmp_path, files=None):
    out = info(scale=0.01, zero_point=0)
    write_worst(tmp_path, part, SCORES, out, NAMES, kind="int8", files=files or tmp_path / "none.csv")
    return json.loads((tmp_path / "worst.json").read_text())


def test_the_most_wrong_stand_first(part, tmp_path):
    found = worst(part, tmp_path)
    assert found["model"] == "int8"
    assert [case["case"] for case in found["cases"]] == [1, 3, 2, 0]
    first, second, tie, right = found["cases"]
    assert (first["true"], first["predicted"], first["score"], first["true_score"]) == (
        "three",
        "one",
        0.8,
        0.2,
    )
    assert (second["predicted"], second["score"]) == ("three", 0.39)
    assert (tie["true"], tie["predicted"]) == ("one", "one")
    assert (right["predicted"], right["runner_up"], right["runner_up_score"]) == ("two", "one", 0.1)


def test_large_pictures_are_thinned_out_and_named(part, tmp_path):
    image = pytest.importorskip("PIL.Image")
    files = tmp_path / "pictures.csv"
    files.write_text('part,index,label,name\ntrain,1,0,no\ntest,1,2,"a, b.png"\n')
    case = worst(part, tmp_path, files)["cases"][0]
    assert (case["name"], case["picture"]) == ("a, b.png", "worst/00001.png")
    read = np.asarray(image.open(tmp_path / case["picture"]))
    assert np.array_equal(read, part.arrays[0][1, ::3, ::3, 0])


def test_colours_survive():
    image = pytest.importorskip("PIL.Image")
    picture = np.random.default_rng(5).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    assert np.array_equal(np.asarray(image.open(io.BytesIO(png(picture)))), picture)


def test_data_that_are_no_pictures_have_none(part, tmp_path):
    values = Part((np.zeros((4, 6), np.float32),), LABELS, None)
    assert {case["picture"] for case in worst(values, tmp_path)["cases"]} == {None}
    assert not (tmp_path / "worst").exists()


@pytest.mark.parametrize(
    ("raw", "rows"), [([[0.25], [1.0]], [[0.75, 0.25], [0, 1]]), ([[-3.0], [2.0]], [[3, -3], [-2, 2]])]
)
def test_one_score_becomes_two(raw, rows):
    one = info(shape=(1,), dtype="float32", scale=0.0, zero_point=0)
    assert class_scores(np.array(raw, np.float32), one, 2).tolist() == rows
