"""The import stage with ONNX files: its record, the original's outputs, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import InternalError, ModelError, UsageError
from edgeflow.importers.original import original_outputs
from edgeflow.importers.stage import run

NETS = Path(__file__).parent / "onnx_nets"
pytestmark = pytest.mark.slow


def imported(net, out_dir, said=None, **shapes):
    out_dir.mkdir()
    lines = [] if said is None else said
    run(net, out_dir, model_format="onnx", shapes=shapes, signature=None, progress=lines.append)
    return json.loads((out_dir / "import.json").read_text())


def test_record_and_original_outputs(onnx_packages, tmp_path):
    said = []
    net = NETS / "resize.onnx"
    record = imported(net, tmp_path / "out", said)
    assert record["format"] == "onnx"
    assert record["tool_versions"]["onnx2tf"] == "1.28.8"
    assert record["inputs"] == [
        {
            "name": "x",
            "dtype": "float32",
            "shape": [1, 12, 20, 3],
            "source_shape": [1, 3, 12, 20],
            "transposed": [0, 2, 3, 1],
        }
    ]
    assert record["float_check"]["max_difference"] < 1e-5
    again = imported(net, tmp_path / "again")
    assert {**again, "seconds": None} == {**record, "seconds": None}
    written = [(tmp_path / name / "model_float.tflite").read_bytes() for name in ("out", "again")]
    assert written[0] == written[1]
    assert any("differs from onnxruntime by up to" in line for line in said)
    cases = np.random.default_rng(7).normal(size=(4, 1, 12, 20, 3)).astype(np.float32)
    (wanted,) = original_outputs(net, "onnx", [cases], said.append, record=record)
    runtime = DesktopRuntime(tmp_path / "out" / "model_float.tflite", "reference")
    np.testing.assert_allclose(runtime.run([cases])[0], wanted, atol=1e-5)
    with pytest.raises(InternalError, match="without the record"):
        original_outputs(net, "onnx", [cases], said.append)


def test_a_damaged_file_is_refused_before_anything_is_set_up(monkeypatch, tmp_path):
    monkeypatch.setenv("EDGEFLOW_CACHE_DIR", str(tmp_path / "cache"))
    whole = (NETS / "plain.onnx").read_bytes()
    (tmp_path / "cut.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match=r"cut.onnx` is not a model in a known format"):
        imported(tmp_path / "cut.onnx", tmp_path / "out")
    assert not (tmp_path / "cache").exists()


def test_shapes_must_be_the_model_s(onnx_packages, tmp_path):
    with pytest.raises(
        UsageError, match=r"input `x` of `plain.onnx` is \[1, 3, 12, 20\], not \[1, 12, 20, 3\]"
    ):
        imported(NETS / "plain.onnx", tmp_path / "out", x=[1, 12, 20, 3])
