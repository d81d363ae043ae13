"""Which models go through the import, and what a float ``.tflite`` is."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))
from tflite_file import fully_connected

from edgeflow.errors import DataError, ModelError, UsageError
from edgeflow.importers.edges import write_integer_edges
from edgeflow.importers.finite import require_finite
from edgeflow.importers.ports import int8_inputs, picture_shape
from edgeflow.importers.source import needs_import
from edgeflow.quantize.flatbuffer import read_facts

SHAPE = (1, 2, 4, 1)
WEIGHTS = np.arange(24).reshape(3, 8)


def written(path, content):
    path.write_bytes(content)
    return path


def float_model(weights=WEIGHTS):
    return fully_connected(SHAPE, weights.astype(np.float32), np.zeros(3), scales=None)


def int8_model():
    return fully_connected(SHAPE, WEIGHTS, np.zeros(3, int), scales=(1 / 128, 1 / 256, 1 / 32))


def test_floats_are_imported_and_int8_is_not(tmp_path):
    assert needs_import(written(tmp_path / "float.tflite", float_model()))
    assert not needs_import(written(tmp_path / "int8.tflite", int8_model()))
    assert not needs_import(written(tmp_path / "int8.bin", int8_model()))


def test_the_compiler_speaks_of_damaged_files(tmp_path):
    assert not needs_import(written(tmp_path / "text.tflite", b"text"))
    assert not needs_import(written(tmp_path / "half.tflite", int8_model()[:200]))
    with pytest.raises(ModelError, match="not a model in a known format"):
        needs_import(written(tmp_path / "text.onnx", b"text"))


def test_real_int8_models_are_not_imported(shared_dir):
    models = sorted((shared_dir / "models" / "models").glob("*.tflite"))
    assert models
    assert not [path.name for path in models if needs_import(path)]


def test_a_float_constant_that_is_no_number_is_named(tmp_path):
    weights = WEIGHTS.astype(np.float32)
    require_finite(written(tmp_path / "m.tflite", float_model(weights)), "net.onnx")
    weights[1, 2] = np.inf
    with pytest.raises(ModelError, match=r"in `net\.onnx` holds values that are not finite"):
        require_finite(written(tmp_path / "m.tflite", float_model(weights)), "net.onnx")


def test_inputs_of_an_int8_model(tmp_path):
    ports = int8_inputs(written(tmp_path / "int8.tflite", int8_model()))
    assert [(port.shape, port.dtype) for port in ports] == [(SHAPE, "float32")]
    assert picture_shape(ports) == (2, 4, 1)
    with pytest.raises(DataError, match="the model has 2 inputs"):
        picture_shape(ports * 2)


def test_float_edges_of_an_int8_model_become_integers(shared_dir, tmp_path):
    model = shared_dir / "models" / "models" / "tflm_hello_world_floatio.tflite"
    write_integer_edges(model, tmp_path / "int8.tflite")
    facts = read_facts(tmp_path / "int8.tflite")
    assert {facts.tensor(0, index).dtype for index in facts.inputs + facts.outputs} == {"INT8"}
    with pytest.raises(UsageError, match=r"is an int8 .*already"):
        write_integer_edges(tmp_path / "int8.tflite", tmp_path / "again.tflite")
    with pytest.raises((ModelError, UsageError)):
        write_integer_edges(written(tmp_path / "text.tflite", b"text"), tmp_path / "again.tflite")
