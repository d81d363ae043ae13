"""TFLite Micro's interpreter in its own process, where it is installed."""

import numpy as np
import pytest

from edgeflow.emulate.tflm import TflmRuntime, is_installed, tflm_form
from edgeflow.errors import ModelError, ToolError, UsageError
from edgeflow.tflm import confirm

needs_runtime = pytest.mark.skipif(not is_installed(), reason="tflite_micro is not installed")


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch, fc_model):
    monkeypatch.setattr(confirm, "DISTRIBUTION", "no_such_distribution")
    with pytest.raises(ToolError, match="`tflite_micro` is not installed") as caught:
        TflmRuntime(fc_model)
    assert "pip install" in caught.value.hint


@needs_runtime
def test_interpreter_computes_the_model(fc_model, fc_oracle):
    pictures = np.random.default_rng(1).integers(-128, 128, (9, 1, 2, 4, 1)).astype(np.int8)
    runtime = TflmRuntime(fc_model)
    (taken,) = runtime.inputs
    assert (taken.shape, taken.dtype, taken.scale, taken.zero_point) == ((1, 2, 4, 1), "int8", 1 / 128, 0)
    (scores,) = runtime.run([pictures])
    assert scores.dtype == np.int8
    assert np.array_equal(scores.reshape(9, 3), fc_oracle(pictures))
    with pytest.raises(UsageError, match="must be int8"):
        runtime.run([pictures.astype(np.int16)])


@needs_runtime
@pytest.mark.parametrize(
    "name", ["tflm_magic_wand__tap", "mlperf_kws_dscnn__tap", "tflm_hello_world_floatio"]
)
def test_real_models_give_the_golden_bytes(name, shared_dir):
    runtime = TflmRuntime(shared_dir / "models" / "models" / f"{name}.tflite")
    golden = np.load(shared_dir / "models" / "goldens" / f"{name}.npz")
    (found,) = runtime.run([np.stack([golden[f"in{case}_0"] for case in range(8)])])
    assert np.array_equal(found, np.stack([golden[f"out{case}_0"] for case in range(8)]))


@needs_runtime
@pytest.mark.parametrize(("kind", "sequence"), [("out", False), ("seq", True)])
def test_state_begins_anew_or_is_kept(kind, sequence, shared_dir):
    runtime = TflmRuntime(shared_dir / "models" / "models" / "mww_vad_stateful__tap.tflite")
    golden = np.load(shared_dir / "models" / "goldens" / "mww_vad_stateful__tap.npz")
    (found,) = runtime.run([np.stack([golden[f"in{c}_0"] for c in range(8)])], sequence=sequence)
    assert np.array_equal(found, np.stack([golden[f"{kind}{case}_0"] for case in range(8)]))


@needs_runtime
def test_what_it_lacks_is_named(shared_dir):
    with pytest.raises(ModelError, match=r"TFLite Micro refuses `.*gelu\.tflite`: .*GELU"):
        TflmRuntime(shared_dir / "models" / "synth" / "gelu.tflite")


@needs_runtime
@pytest.mark.parametrize("content", [b"", b"not a model", bytes(64)])
def test_file_that_is_no_model(content, tmp_path):
    path = tmp_path / "bad.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"bad\.tflite"):
        TflmRuntime(path)


def test_the_form_for_tflm_is_preferred(tmp_path):
    assert tflm_form(tmp_path, "net") is None
    path = tmp_path / "tflm" / "net_model.tflite"
    path.parent.mkdir()
    path.write_bytes(b"")
    assert tflm_form(tmp_path, "net") == path
