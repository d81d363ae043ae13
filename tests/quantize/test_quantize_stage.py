"""Real conversions of a small network trained for an epoch."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
from packages import need

from edgeflow.errors import DataError, ModelError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec
from edgeflow.quantize.audit import audit_int8
from edgeflow.quantize.flatbuffer import read_facts
from edgeflow.quantize.options import QuantizeOptions
from edgeflow.quantize.stage import run
from edgeflow.train import stage as train_stage
from edgeflow.train.options import ModelOptions, TrainOptions

pytestmark = pytest.mark.slow

FILES = ["calibration.json", "labels.txt", "model_float.tflite", "model_int8.tflite", "quantization.csv"]


def write_digits(folder, *, low=0, high=255):
    """Digits of scikit-learn, doubled to 16 pixels, with grey levels from ``low`` to ``high``."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    grey = np.round(low + digits.images * (high - low) / 16).astype(np.uint8)
    images = np.kron(grey, np.ones((1, 2, 2), np.uint8))[..., np.newaxis]
    labels = digits.target.astype(np.int64)
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in {"train": slice(0, 1000), "val": slice(1000, 1300), "test": slice(1300, 1400)}.items():
        np.savez(folder / f"{name}.npz", images=images[part], labels=labels[part])
    (folder / "labels.txt").write_text("".join(f"{digit}\n" for digit in range(10)))
    (folder / "preprocessing.json").write_text(json.dumps(picture_spec(PreprocessingOptions()).as_json()))
    return folder


def quantized(train_dir, data_dir, out_dir, *, per_class=5, seed=1):
    out_dir.mkdir(parents=True)
    lines = []
    options = QuantizeOptions(calibration_per_class=per_class)
    run(train_dir / "model.keras", data_dir, out_dir, options=options, seed=seed, progress=lines.append)
    return lines


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def train_dir(data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    (folder / "work").mkdir()
    train_stage.run(
        data_dir,
        folder,
        folder / "work",
        model=ModelOptions(blocks=4),
        train=TrainOptions(epochs=6, batch_size=50, learning_rate=0.2),
        seed=1,
        progress=lambda _line: None,
    )
    return folder


@pytest.fixture(scope="module")
def result(train_dir, data_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("result") / "out"
    return folder, quantized(train_dir, data_dir, folder)


def test_the_int8_model_is_static_and_full_integer(result):
    folder, lines = result
    assert sorted(path.name for path in folder.iterdir()) == FILES
    facts = audit_int8(folder / "model_int8.tflite")
    blocks = ["DEPTHWISE_CONV_2D", "CONV_2D"] * 4
    kinds = [operator.kind for operator in facts.operators]
    assert kinds == ["CONV_2D", *blocks, "MEAN", "FULLY_CONNECTED", "SOFTMAX"]
    assert facts.tensor(0, facts.inputs[0]).shape == (1, 16, 16, 1)
    assert facts.tensor(0, facts.outputs[0]).shape == (1, 10)
    output = facts.tensor(0, facts.outputs[0])
    assert (output.scales, output.zero_points) == ((1 / 256,), (-128,))
    assert lines[0] == "calibrating on 50 training cases"


def test_weights_are_per_channel_and_symmetric(result):
    facts = read_facts(result[0] / "model_int8.tflite")
    for operator in facts.operators:
        if operator.kind in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            weights = facts.tensor(0, operator.tensors[1])
            assert len(weights.scales) == weights.shape[weights.channel_axis] > 1
            assert set(weights.zero_points) == {0}


def test_calibration_names_the_pictures(result, data_dir):
    record = json.loads((result[0] / "calibration.json").read_text())
    labels = np.load(data_dir / "train.npz")["labels"]
    assert record["pictures"] == 50
    for label, entry in enumerate(record["classes"]):
        assert entry["count"] == len(entry["chosen"]) == 5
        assert set(labels[entry["chosen"]]) == {label}


def test_another_folder_gives_the_same_bytes(result, train_dir, data_dir, tmp_path):
    quantized(train_dir, data_dir, tmp_path / "deep" / "elsewhere")
    for name in FILES:
        assert (tmp_path / "deep" / "elsewhere" / name).read_bytes() == (result[0] / name).read_bytes(), name


ACCURACY = """
import sys
import numpy as np
from tflite_runtime.interpreter import Interpreter
part = np.load(sys.argv[2])
for name in ("float", "int8"):
    interpreter = Interpreter(f"{sys.argv[1]}/model_{name}.tflite")
    interpreter.allocate_tensors()
    pixels = part["images"].astype(np.int16) - 128
    values = (pixels / 128).astype(np.float32) if name == "float" else pixels.astype(np.int8)
    right = 0
    for value, label in zip(values, part["labels"]):
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], value[None])
        interpreter.invoke()
        right += interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0].argmax() == label
    print(right / len(values))
"""


def test_int8_is_as_accurate_as_float(result, data_dir):
    need("tflite_runtime")
    command = [sys.executable, "-c", ACCURACY, str(result[0]), str(data_dir / "val.npz")]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)
    float_accuracy, int8_accuracy = map(float, answer.stdout.split())
    assert float_accuracy > 0.6
    assert abs(float_accuracy - int8_accuracy) < 0.03


def test_low_contrast_pictures_keep_the_input_scale(train_dir, tmp_path):
    quantized(train_dir, write_digits(tmp_path / "pale", low=90, high=140), tmp_path / "out")
    facts = read_facts(tmp_path / "out" / "model_int8.tflite")
    picture = facts.tensor(0, facts.inputs[0])
    assert (picture.scales, picture.zero_points) == ((1 / 128,), (0,))
    assert facts.operators[0].kind == "CONV_2D"


def test_a_missing_class_is_named(train_dir, data_dir, tmp_path):
    data = shutil.copytree(data_dir, tmp_path / "data")
    part = np.load(data / "train.npz")
    kept = part["labels"] != 3
    np.savez(data / "train.npz", images=part["images"][kept], labels=part["labels"][kept])
    with pytest.raises(DataError, match="class `3` has no training picture"):
        quantized(train_dir, data, tmp_path / "out")


def test_pictures_of_another_size_are_refused(train_dir, data_dir, tmp_path):
    data = shutil.copytree(data_dir, tmp_path / "data")
    part = np.load(data / "train.npz")
    np.savez(data / "train.npz", images=part["images"][:, :8, :8], labels=part["labels"])
    with pytest.raises(DataError, match=r"takes pictures of \(16, 16, 1\), the data set's are \(8, 8, 1\)"):
        quantized(train_dir, data, tmp_path / "out")


POISON = """
import sys
import keras
import numpy as np
model = keras.models.load_model(sys.argv[1], compile=False)
kernel = np.array(model.get_layer("stem").kernel)
kernel[0, 0, 0, 0] = np.nan
model.get_layer("stem").kernel.assign(kernel)
model.save(sys.argv[1])
"""


def test_weights_that_are_not_numbers_are_named(train_dir, data_dir, tmp_path):
    poisoned = shutil.copytree(train_dir, tmp_path / "train")
    subprocess.run(
        [sys.executable, "-c", POISON, str(poisoned / "model.keras")], check=True, capture_output=True
    )
    with pytest.raises(ModelError, match=r"`stem/kernel` in `model\.keras` holds values that are not finite"):
        quantized(poisoned, data_dir, tmp_path / "out")


@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04 and then nonsense"], ids=["absent", "empty", "text"]
)
def test_a_model_that_is_none_is_named(data_dir, tmp_path, content):
    (tmp_path / "train").mkdir()
    if content is not None:
        (tmp_path / "train" / "model.keras").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.keras"):
        quantized(tmp_path / "train", data_dir, tmp_path / "out")


CONVERT = """
import sys
import keras
import numpy as np
import tensorflow as tf
model = keras.models.load_model(sys.argv[1], compile=False)
signature = [keras.InputSpec(shape=(1, 16, 16, 1), dtype="float32", name="picture")]
model.export(sys.argv[2] + "/saved", input_signature=signature, verbose=False)
for kind in ("edges", "hybrid"):
    converter = tf.lite.TFLiteConverter.from_saved_model(sys.argv[2] + "/saved")
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "edges":
        random = np.random.default_rng(0)
        samples = [random.uniform(-1, 1, (1, 16, 16, 1)).astype(np.float32) for _ in range(4)]
        converter.representative_dataset = lambda: ([sample] for sample in samples)
    open(f"{sys.argv[2]}/{kind}.tflite", "wb").write(converter.convert())
"""


def test_models_with_float_edges_or_float_activations_are_refused(train_dir, tmp_path):
    command = [sys.executable, "-c", CONVERT, str(train_dir / "model.keras"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(ModelError) as edges:
        audit_int8(tmp_path / "edges.tflite")
    assert "QUANTIZE (operator 0), DEQUANTIZE (operator" in edges.value.message
    assert "CONV_2D" not in edges.value.message.split("float tensors")[0]
    with pytest.raises(ModelError) as hybrid:
        audit_int8(tmp_path / "hybrid.tflite")
    assert "CONV_2D (operator 0), DEPTHWISE_CONV_2D (operator 1)" in hybrid.value.message
