"""Formats are told by content: the name of a file proves nothing."""

import pickle
import tarfile
import zipfile

import pytest

from edgeflow.errors import ModelError
from edgeflow.importers.formats import model_format


def field(number, content):
    """A field of bytes of a protobuf message, shorter than 128."""
    return bytes([number << 3 | 2, len(content)]) + content


IR_VERSION = bytes([1 << 3, 9])
ONNX = IR_VERSION + field(2, b"pytorch") + field(7, field(2, b"graph")) + field(8, bytes([16, 17]))


def archive(path, *names):
    with zipfile.ZipFile(path, "w") as stream:
        for name in names:
            stream.writestr(name, "{}")
    return path


def written(path, content):
    path.write_bytes(content)
    return path


def test_known_formats(tmp_path):
    assert model_format(archive(tmp_path / "a.onnx", "config.json", "metadata.json")) == "keras"
    assert model_format(written(tmp_path / "b", b"\x89HDF\r\n\x1a\n" + bytes(40))) == "keras-h5"
    assert model_format(written(tmp_path / "c.bin", bytes(4) + b"TFL3" + bytes(40))) == "tflite"
    assert model_format(written(tmp_path / "d.pt", ONNX)) == "onnx"
    assert model_format(archive(tmp_path / "f.zip", "net/saved_model.pb", "net/variables/x")) == "saved-model"
    for mode in ("w", "w:gz"):
        with tarfile.open(tmp_path / "g.tar", mode) as stream:
            stream.addfile(tarfile.TarInfo("net/saved_model.pb"))
        assert model_format(tmp_path / "g.tar") == "saved-model"
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "saved_model.pb").touch()
    assert model_format(tmp_path / "e") == "saved-model"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a model in a known format"),
        (b"hello, world", "not a model in a known format"),
        (ONNX[:-1], "not a model in a known format"),
        (ONNX + field(31, b"x"), "not a model in a known format"),
        (IR_VERSION, "not a model in a known format"),
        (pickle.dumps({}), "is a Python pickle"),
        (b"PK\x03\x04" + bytes(40), "not an intact zip"),
    ],
)
def test_other_files_are_refused(tmp_path, content, message):
    with pytest.raises(ModelError, match=message):
        model_format(written(tmp_path / "model.onnx", content))


def test_pytorch_is_told_the_way(tmp_path):
    with pytest.raises(ModelError, match="PyTorch archive") as caught:
        model_format(archive(tmp_path / "net.pt", "net/data.pkl", "net/version"))
    assert "torch.onnx.export" in caught.value.hint
    with pytest.raises(ModelError, match="without a Keras model"):
        model_format(archive(tmp_path / "pictures.zip", "a/1.png"))


def test_what_is_not_there(tmp_path):
    with pytest.raises(ModelError, match="no model file"):
        model_format(tmp_path / "absent.onnx")
    with pytest.raises(ModelError, match="no SavedModel"):
        model_format(tmp_path)
