"""Edits of a model's file: float32 edges become integers."""

import pytest

from edgeflow.frontend.tflite import parse_model
from edgeflow.tflite_edit import with_integer_edges


@pytest.mark.parametrize("name", ["armkws_dnn_s_floatio", "tflm_hello_world_floatio"])
def test_quantize_and_dequantize_leave_the_edges(shared_dir, name):
    model = (shared_dir / "models" / "models" / f"{name}.tflite").read_bytes()
    before, after = parse_model(model, "a"), parse_model(with_integer_edges(model), "b")
    edges = [tensor_id for graph in (before, after) for tensor_id in (*graph.inputs, *graph.outputs)]
    dtypes = [before.tensors[tensor_id].dtype for tensor_id in edges]
    assert dtypes == ["float32", "float32", "int8", "int8"]
    inner = [op for op in before.ops if op.kind not in {"QUANTIZE", "DEQUANTIZE"}]
    assert len(before.ops) == len(inner) + 2
    assert [(op.kind, op.inputs, op.outputs) for op in after.ops] == [
        (op.kind, op.inputs, op.outputs) for op in inner
    ]


def test_integer_edges_stay(shared_dir):
    model = (shared_dir / "models" / "models" / "mlperf_kws_dscnn.tflite").read_bytes()
    assert with_integer_edges(model) is None
