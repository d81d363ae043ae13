"""Hostile files are refused in a sentence before a framework sees them, harmless ones pass."""

import subprocess
import sys
import tempfile

import pytest
from encode import (
    message,
    onnx_graph,
    onnx_model,
    onnx_tensor,
    saved_model,
    tf_constant,
    tf_function,
    tf_node,
)
from hostile import (
    CASES,
    SENTINEL,
    dense,
    keras_h5,
    keras_zip,
    onnx_file,
    sequential,
    tarred,
    tf_folder,
    zipped,
)

from edgeflow.errors import InternalError, ModelError
from edgeflow.importers.inspection import inspect, opened

pytest.importorskip("h5py")


@pytest.mark.parametrize("name", CASES)
def test_hostile_file_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, model_format, words = CASES[name](tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ModelError) as caught, opened(path, model_format):
        pass
    for word in words:
        assert word in caught.value.message
    assert path.name in caught.value.message
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400
    assert sorted(tmp_path.rglob("*")) == before
    assert not (tmp_path / SENTINEL).exists()


@pytest.mark.parametrize("write", [keras_zip, keras_h5])
def test_harmless_keras_files_pass(write, tmp_path):
    layers = [dense(), {"class_name": "ReLU", "config": {"max_value": 6.0}}]
    # Losses may be anybody's: models are loaded without compiling them.
    config = sequential(*layers) | {"compile_config": {"loss": {"module": "mine", "class_name": "Loss"}}}
    inspect(write(tmp_path, config), "keras" if write is keras_zip else "keras-h5")


def test_harmless_onnx_with_values_in_a_file_passes(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "w.bin").write_bytes(bytes(16))
    tensors = [onnx_tensor("a", location="sub/w.bin", offset="8", length="8"), onnx_tensor("b")]
    path, model_format, _ = onnx_file(onnx_model(onnx_graph(tensors=tensors)))(tmp_path)
    inspect(path, model_format)


def test_harmless_saved_model_passes(tmp_path):
    restore = tf_function("restore", ("prefix",), [tf_node("r", "RestoreV2", ("prefix", "names", "slices"))])
    nodes = [
        tf_constant("names", [b"layer/.ATTRIBUTES/VARIABLE_VALUE"]),
        tf_constant("objects", [b"\x0a\xff/../"]),
        tf_node("saver", "Placeholder"),
        tf_node(
            "call", "StatefulPartitionedCall", ("saver", "objects"), f=message((10, message((1, "restore"))))
        ),
    ]
    path, model_format, _ = tf_folder(saved_model(nodes, [restore]))(tmp_path)
    inspect(path, model_format)


@pytest.mark.parametrize("write", [zipped, tarred])
def test_saved_model_in_an_archive_is_unpacked_and_goes_again(write, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = write(tmp_path, [("./net/saved_model.pb", saved_model()), ("net/variables/variables.index", b"x")])
    with opened(path, "saved-model") as folder:
        assert (folder / "saved_model.pb").read_bytes() == saved_model()
        assert (folder / "variables" / "variables.index").read_bytes() == b"x"
        assert folder.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_shared_tflite_models_pass(shared_dir):
    for path in sorted((shared_dir / "models" / "models").glob("*.tflite")):
        inspect(path, "tflite")


def test_a_format_without_inspection_is_a_defect(tmp_path):
    with pytest.raises(InternalError):
        inspect(tmp_path, "gguf")


def test_inspection_loads_no_framework(tmp_path):
    path = keras_zip(tmp_path)
    script = (
        "import sys; from pathlib import Path; from edgeflow.importers.inspection import inspect;"
        f"inspect(Path({str(path)!r}), 'keras'); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"tensorflow", "keras", "onnx", "h5py", "numpy"} & set(loaded.split())
