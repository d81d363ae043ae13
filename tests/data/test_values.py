"""Real values from an ``.npz``: checked against the model's inputs, split by a seed."""

import json
import pickle

import numpy as np
import pytest

from edgeflow.data.labels import ordered, read_labels
from edgeflow.data.options import DataOptions
from edgeflow.data.values import Wanted, run, values_file
from edgeflow.errors import DataError

VECTOR = Wanted("age", (1, 4), "float32")
# The source takes [1, C, H, W].
MAP = Wanted("eye", (1, 5, 6, 2), "float32", (0, 2, 3, 1))


def arrays(path):
    with np.load(path) as archive:
        return dict(archive)


def prepared(folder, *, inputs=(VECTOR, MAP), names=None, seed=3, **given):
    np.savez(folder / "data.npz", **given)
    options = DataOptions(test_split=0.2)
    run(folder / "data.npz", folder, inputs=inputs, class_names=names, options=options, seed=seed)
    return arrays(folder / "train.npz"), arrays(folder / "test.npz")


def cases(count=20):
    random = np.random.default_rng(1)
    return {"in0": random.normal(size=(count, 4)), "in1": random.normal(size=(count, 2, 5, 6))}


def test_cases_are_split_by_seed_and_laid_out_as_the_model_s(tmp_path):
    given = cases()
    train, test = prepared(tmp_path, **given)
    assert (train["in0"].shape, test["in0"].shape) == ((16, 1, 4), (4, 1, 4))
    assert test["in1"].shape == (4, 1, 5, 6, 2)
    assert test["in1"].dtype == np.float32
    joined = np.concatenate([train["in0"], test["in0"]])[:, 0]
    order = [int(np.flatnonzero((given["in0"].astype(np.float32) == row).all(axis=1))[0]) for row in joined]
    assert sorted(order) == list(range(20))
    expected = given["in1"].astype(np.float32).transpose(0, 2, 3, 1)
    assert np.array_equal(np.concatenate([train["in1"], test["in1"]])[:, 0], expected[order])
    assert not (tmp_path / "labels.txt").exists()
    assert np.array_equal(prepared(tmp_path, **given)[1]["in0"], test["in0"])
    assert not np.array_equal(prepared(tmp_path, seed=4, **given)[1]["in0"], test["in0"])


def test_arrays_may_have_the_inputs_names_and_the_batch_axis(tmp_path):
    given = cases()
    train, _ = prepared(tmp_path, age=given["in0"][:, None], eye=given["in1"])
    assert np.array_equal(train["in0"], prepared(tmp_path, **given)[0]["in0"])


def test_labels_go_with_their_cases(tmp_path):
    values = np.arange(20.0)[:, None] * np.ones(4)
    labels = np.arange(20) % 3
    train, test = prepared(tmp_path, inputs=[VECTOR], names=["a", "b", "c"], in0=values, labels=labels)
    for part in (train, test):
        assert np.array_equal(part["labels"], part["in0"][:, 0, 0].astype(int) % 3)
    assert (tmp_path / "labels.txt").read_text() == "a\nb\nc\n"
    assert json.loads((tmp_path / "values.json").read_text())["classes"] == ["a", "b", "c"]
    prepared(tmp_path, inputs=[VECTOR], in0=values, labels=labels)
    assert (tmp_path / "labels.txt").read_text() == "0\n1\n2\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"in1": None}, "no array `in1` for the input `eye`: it holds `in0`"),
        (
            {"in0": np.zeros((20, 3))},
            r"`in0` of .* is \[20, 3\], the model.s input `age` takes cases",
        ),
        ({"in1": np.zeros((20, 5, 6, 2))}, r"takes cases of \[1, 2, 5, 6\]"),
        ({"in0": np.zeros((19, 4))}, "arrays of different lengths"),
        ({"in0": np.full((20, 4), np.nan)}, "not finite"),
        ({"in0": np.full((20, 4), "x")}, "not numbers"),
        ({"labels": np.zeros(19, int)}, "arrays of different lengths"),
        ({"labels": np.zeros((20, 2), int)}, "one class number"),
        ({"labels": np.zeros(20)}, "one class number"),
        ({"labels": np.full(20, -1)}, "one class number"),
        ({"labels": np.arange(20), "names": ["a", "b"]}, "labels up to 19, model.labels names 2"),
        ({"in0": np.full((20, 4), None)}, "not an .npz file of plain arrays"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, given, message):
    found = {name: array for name, array in (cases() | given).items() if array is not None}
    with pytest.raises(DataError, match=message):
        prepared(tmp_path, **found)


def test_one_case_is_too_few(tmp_path):
    with pytest.raises(DataError, match="holds 1 cases"):
        prepared(tmp_path, **cases(1))


def test_integers_must_be_what_the_model_holds(tmp_path):
    word = Wanted("word", (1, 4), "int32")
    train, _ = prepared(tmp_path, inputs=[word], in0=np.arange(80.0).reshape(20, 4))
    assert train["in0"].dtype == np.int32
    with pytest.raises(DataError, match="int32 input cannot hold"):
        prepared(tmp_path, inputs=[word], in0=np.full((20, 4), 0.5))


def test_files_that_are_none(tmp_path):
    (tmp_path / "text.npz").write_text("text")
    (tmp_path / "code.npz").write_bytes(pickle.dumps({"in0": 1}))
    np.save(tmp_path / "one.npy", np.zeros(3))
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    for name in ("text", "code", "one"):
        path = values_file(DataOptions(recipe=f"{name}.npz"), tmp_path)
        with pytest.raises(DataError):
            run(path, tmp_path, inputs=[VECTOR], class_names=None, options=DataOptions(), seed=1)
    with pytest.raises(DataError, match=r"no data file `absent\.npz`"):
        values_file(DataOptions(recipe="absent.npz"), tmp_path)
    assert values_file(DataOptions(recipe="digits"), tmp_path) is None


def test_labels_of_the_outputs(tmp_path):
    (tmp_path / "names.txt").write_text("dog\n cat \n\n")
    assert read_labels(tmp_path / "names.txt") == ("dog", "cat")
    assert ordered(["cat", "dog"], ("dog", "cat")) == ("dog", "cat")
    assert ordered(["cat", "dog"], None) == ("cat", "dog")
    with pytest.raises(DataError, match="it lacks `cat`; the data lack `cow`, `elk`"):
        ordered(["cat", "dog"], ("dog", "elk", "cow"))
    (tmp_path / "names.txt").write_text("dog\ncat\ndog\n")
    with pytest.raises(DataError, match="names `dog` twice"):
        read_labels(tmp_path / "names.txt")
    for content in (b"", b"\xff\xfe"):
        (tmp_path / "names.txt").write_bytes(content)
        with pytest.raises(DataError, match="names"):
            read_labels(tmp_path / "names.txt")
    with pytest.raises(DataError, match="cannot read"):
        read_labels(tmp_path / "absent.txt")
