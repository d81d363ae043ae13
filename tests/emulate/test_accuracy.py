"""Accuracy and confusion matrices against a count by hand."""

import json

import numpy as np
import pytest
from msgspec.structs import replace
from tflite_file import fully_connected

from edgeflow.emulate import accuracy
from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.emulate.normalisation import foreign_model_hint
from edgeflow.emulate.part import Part, read_part
from edgeflow.errors import DataError, UsageError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec


@pytest.fixture
def stages(fc_model, fc_float_model, tmp_path):
    """Both models, labels and test pictures."""
    models, data = {"float": fc_float_model, "int8": fc_model}, tmp_path / "data"
    data.mkdir()
    (data / "labels.txt").write_text("one\ntwo\nthree\n")
    images = np.random.default_rng(2).integers(0, 256, (40, 2, 4, 1)).astype(np.uint8)
    labels = np.random.default_rng(3).integers(0, 3, 40)
    np.savez(data / "test.npz", images=images, labels=labels)
    spec = picture_spec(PreprocessingOptions(input_size=8)).as_json() | {"height": 2, "width": 4}
    (data / "preprocessing.json").write_text(json.dumps(spec))
    return models, data, images, labels


def test_evaluation_counts_what_the_model_says(stages, tmp_path, fc_oracle, read):
    models, data, images, labels = stages
    accuracy.run(models, data, tmp_path / "out")
    result = read(tmp_path / "out" / "evaluation.json")
    assert (result["schema"], result["classes"], result["pictures"]) == (1, ["one", "two", "three"], 40)
    scores = fc_oracle((images.astype(int) - 128).astype(np.int8))
    expected = [[0] * 3 for _ in range(3)]
    for truth, row in zip(labels, scores.tolist(), strict=True):
        expected[truth][row.index(max(row))] += 1
    assert result["int8"]["confusion_matrix"] == expected
    assert result["int8"]["correct"] == sum(expected[i][i] for i in range(3))
    assert result["int8"]["accuracy"] == result["int8"]["correct"] / 40
    assert "reference" in result["int8"]["runtime"]
    assert "default" in result["float"]["runtime"]
    assert sum(map(sum, result["float"]["confusion_matrix"])) == 40


@pytest.mark.parametrize("classes", [2, 4])
def test_data_of_another_number_of_classes_is_refused(stages, tmp_path, classes):
    models, data, _, _ = stages
    (data / "labels.txt").write_text("a class\n" * classes)
    with pytest.raises(DataError, match=f"gives 3 scores but the data has {classes} classes"):
        accuracy.run(models, data, tmp_path / "out")


def test_an_int8_model_alone(stages, tmp_path, read):
    models, data, _, _ = stages
    accuracy.run({"int8": models["int8"]}, data, tmp_path / "out")
    result = read(tmp_path / "out" / "evaluation.json")
    assert (result["float"], result["unknown_because"]) == (None, None)
    assert result["int8"]["correct"] > 0


def test_values_without_labels_have_no_accuracy(stages, tmp_path, read):
    """Values enter a float model as they are."""
    models, data, images, _ = stages
    values = ((images.astype(np.float32) - 128) / 128)[:, np.newaxis]
    np.savez(data / "test.npz", in0=values)
    accuracy.run(models, data, tmp_path / "out")
    result = read(tmp_path / "out" / "evaluation.json")
    assert (result["float"], result["int8"]) == (None, None)
    assert result["unknown_because"] == "the data have no labels"


def test_values_count_as_the_same_pictures_do(stages, tmp_path, read):
    models, data, images, labels = stages
    accuracy.run(models, data, tmp_path / "pictures")
    values = ((images.astype(np.float32) - 128) / 128)[:, np.newaxis]
    np.savez(data / "test.npz", in0=values, labels=labels)
    accuracy.run(models, data, tmp_path / "values")
    found = [read(tmp_path / kind / "evaluation.json") for kind in ("pictures", "values")]
    assert found[0] == found[1]


def test_a_part_is_spread_over_the_file(stages):
    _, data, images, _ = stages
    part = read_part(data, "test")
    assert len(part) == len(part.spread(1000)) == 40
    assert (part.spread(3).arrays[0] == images[[0, 19, 39]]).all()


@pytest.mark.parametrize("arrays", [{"in0": 8}, {"in0": 3, "in1": 3}])
def test_values_that_do_not_fit_are_refused(stages, tmp_path, arrays):
    models, data, _, _ = stages
    np.savez(data / "test.npz", labels=np.zeros(2, int), **{k: np.zeros((2, n)) for k, n in arrays.items()})
    with pytest.raises(UsageError, match="the model"):
        accuracy.run(models, data, tmp_path / "out")


@pytest.mark.parametrize("bias", [0, 131_072])
def test_one_score_tells_two_classes(tmp_path, read, bias):
    """Around zero it counts against 0; scores that all lie in [0, 1] count against one half."""
    random = np.random.default_rng(4)
    weights = random.integers(-100, 101, (1, 8))
    scales = (1 / 128, 1 / 2048, 1 / 160)
    data = tmp_path / "data"
    data.mkdir()
    values = random.uniform(-0.5, 0.5, (60, 1, 2, 4, 1)).astype(np.float32)
    real = values.reshape(60, 8) @ (weights[0] * scales[1]) + bias * scales[0] * scales[1]
    threshold = 0.5 if real.min() >= 0 and real.max() <= 1 else 0.0
    labels = (real > threshold).astype(np.int64)
    assert 10 < labels.sum() < 50
    np.savez(data / "test.npz", in0=values, labels=labels)
    (data / "labels.txt").write_text("no\nyes\n")
    bias_steps = np.array([bias])
    float_model, int8_model = tmp_path / "float.tflite", tmp_path / "int8.tflite"
    shape = (1, 2, 4, 1)
    float_model.write_bytes(
        fully_connected(shape, weights * scales[1], bias_steps * scales[0] * scales[1], scales=None)
    )
    int8_model.write_bytes(fully_connected(shape, weights, bias_steps, scales=scales))
    accuracy.run({"float": float_model, "int8": int8_model}, data, tmp_path / "out")
    result = read(tmp_path / "out" / "evaluation.json")
    assert result["float"]["accuracy"] == 1
    assert result["int8"]["accuracy"] > 0.85


def _scored(images, scale, offset):
    """Classes by the sums of three strips of the picture as it was trained, and the net."""
    strips = np.array([1.0, 0.5, -1.0])
    weights = np.kron(np.diag(strips), np.ones(4))
    bias = -strips * 4 * (127.5 * scale + offset)
    real = images.reshape(len(images), -1) * scale + offset
    net = fully_connected((1, 3, 4, 1), weights, bias, scales=None)
    return (real @ weights.T + bias).argmax(axis=1), net


@pytest.mark.parametrize(
    ("scale", "offset", "order", "found"),
    [
        (1 / 128, -1.0, [0, 1, 2], None),
        (1 / 255, 0.0, [0, 1, 2], "with p / 255: `preprocessing.scale = 0.00392156862745098`"),
        (1 / 128, -1.0, [2, 0, 1], "if its outputs are in the order b, c, a: `[model] labels` says so"),
        (1 / 128, -1.0, None, None),
    ],
)
def test_other_values_and_another_order_are_noticed(tmp_path, scale, offset, order, found):
    """Classes at random are none of both."""
    random = np.random.default_rng(5)
    images = random.integers(0, 256, (150, 3, 4, 1)).astype(np.uint8)
    right, net = _scored(images, scale, offset)
    labels = random.integers(0, 3, 150) if order is None else np.argsort(order)[right]
    assert np.bincount(labels, minlength=3).min() > 10
    (tmp_path / "net.tflite").write_bytes(net)
    spec = replace(picture_spec(PreprocessingOptions(input_size=8)), height=3, width=4)
    model = DesktopRuntime(tmp_path / "net.tflite", "default")
    hint = foreign_model_hint(model, Part((images,), labels, spec), ("a", "b", "c"))
    assert hint == found if found is None else found in hint
