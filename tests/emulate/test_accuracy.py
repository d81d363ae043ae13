"""Accuracy and confusion matrices against a count by hand."""

import json

import numpy as np
import pytest

from edgeflow.emulate import accuracy
from edgeflow.errors import UsageError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec


@pytest.fixture
def stages(fc_model, fc_float_model, tmp_path):
    """What quantize and data leave behind: both models, labels and test pictures."""
    quantized, data = tmp_path / "quantize", tmp_path / "data"
    quantized.mkdir()
    data.mkdir()
    (quantized / "model_int8.tflite").write_bytes(fc_model.read_bytes())
    (quantized / "model_float.tflite").write_bytes(fc_float_model.read_bytes())
    (quantized / "labels.txt").write_text("one\ntwo\nthree\n")
    images = np.random.default_rng(2).integers(0, 256, (40, 2, 4, 1)).astype(np.uint8)
    labels = np.random.default_rng(3).integers(0, 3, 40)
    np.savez(data / "test.npz", images=images, labels=labels)
    spec = picture_spec(PreprocessingOptions(input_size=8)).as_json() | {"height": 2, "width": 4}
    (data / "preprocessing.json").write_text(json.dumps(spec))
    return quantized, data, images, labels


def test_evaluation_counts_what_the_model_says(stages, tmp_path, fc_oracle, read):
    quantized, data, images, labels = stages
    accuracy.run(quantized, data, tmp_path / "out")
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
    quantized, data, _, _ = stages
    (quantized / "labels.txt").write_text("a class\n" * classes)
    with pytest.raises(UsageError, match=f"gives 3 scores but the data has {classes} classes"):
        accuracy.run(quantized, data, tmp_path / "out")
