"""TFLite Micro's own runtime, where it is installed."""

import pytest
from measured import NETS

from edgeflow.errors import ModelError, ToolError
from edgeflow.tflm import confirm
from edgeflow.tflm.confirm import is_installed, measure_arena

needs_runtime = pytest.mark.skipif(not is_installed(), reason="tflite_micro is not installed")


def test_without_the_runtime_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(confirm, "DISTRIBUTION", "no_such_distribution")
    with pytest.raises(ToolError, match="is not installed") as caught:
        measure_arena(b"", "x", None)
    assert "--pre" in caught.value.hint


@needs_runtime
@pytest.mark.parametrize("computed", [1936, 1000, 9000, None])
def test_the_smallest_arena_is_found_from_any_guess(computed, shared_dir):
    name = "tflm_hello_world_int8"
    data = (shared_dir / "models" / "models" / f"{name}.tflite").read_bytes()
    found = measure_arena(data, name, computed)
    assert (found.head_bytes, found.tail_bytes, found.arena_bytes) == NETS[name]
    assert found.computed_bytes == computed


@needs_runtime
def test_a_model_that_the_runtime_refuses(shared_dir):
    data = (shared_dir / "models" / "synth" / "gelu.tflite").read_bytes()
    with pytest.raises(ModelError, match=r"TFLite Micro refuses `gelu`: .*GELU"):
        measure_arena(data, "gelu", None)
