"""What names a model's content changes with every file that the model is in."""

import hashlib
import shutil
from pathlib import Path

from edgeflow.importers.fingerprint import model_sha256

NETS = Path(__file__).parent / "onnx_nets"


def test_of_one_file_it_is_the_file_s():
    content = (NETS / "plain.onnx").read_bytes()
    assert model_sha256(NETS / "plain.onnx") == hashlib.sha256(content).hexdigest()


def test_weights_beside_an_onnx_file_count(tmp_path):
    for name in ("weights_outside.onnx", "weights_outside.bin"):
        shutil.copy(NETS / name, tmp_path)
    before = model_sha256(tmp_path / "weights_outside.onnx")
    assert before == model_sha256(NETS / "weights_outside.onnx")
    weights = tmp_path / "weights_outside.bin"
    weights.write_bytes(bytes([weights.read_bytes()[0] ^ 1]) + weights.read_bytes()[1:])
    assert model_sha256(tmp_path / "weights_outside.onnx") != before
