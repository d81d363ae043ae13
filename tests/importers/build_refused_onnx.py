"""Build the ONNX files that the tests want refused: `python build_refused_onnx.py` where onnx is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = Path(__file__).resolve().parent / "onnx_refused"
PICTURE = [1, 3, 12, 20]


def save(
    name: str,
    nodes: Sequence[onnx.NodeProto],
    constants: dict[str, np.ndarray] | None = None,
    shape: Sequence[int | str] = PICTURE,
    dtype: int = TensorProto.FLOAT,
) -> None:
    """A graph from ``x`` to ``y``; not checked, for some are meant to be wrong."""
    stored = [numpy_helper.from_array(array, key) for key, array in (constants or {}).items()]
    inputs = [helper.make_tensor_value_info("x", dtype, shape)]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph(list(nodes), name, inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    (OUT / f"{name}.onnx").write_bytes(model.SerializeToString())


def main() -> None:
    OUT.mkdir(exist_ok=True)
    node = helper.make_node
    relu = node("Relu", ["x"], ["y"], name="act")
    save("unknown_operator", [node("LpPool", ["x"], ["y"], name="pool", kernel_shape=[2, 2])])
    scale = {"scale": np.float32(0.1), "zero": np.uint8(3)}
    edges = [node("QuantizeLinear", ["x", "scale", "zero"], ["q"], name="q")]
    save("quantized", [*edges, node("DequantizeLinear", ["q", "scale", "zero"], ["y"], name="d")], scale)
    save("integer_input", [node("Cast", ["x"], ["y"], name="cast", to=1)], dtype=TensorProto.INT64)
    save("batch", [relu], shape=[4, 3, 12, 20])
    save("open_size", [relu], shape=["n", 3, "h", "w"])
    save("undefined_value", [node("Add", ["x", "nothing"], ["y"], name="add")])
    dense = node("MatMul", ["x", "w"], ["y"], name="dense")
    save("wrong_size", [dense], {"w": np.ones((7, 2), np.float32)})
    save("not_finite", [dense], {"w": np.full((20, 2), np.nan, np.float32)})
    save("constant", [node("Relu", ["w"], ["y"], name="act")], {"w": np.ones(3, np.float32), "x": np.ones(3)})
    save(
        "no_tflite_operator",
        [node("MaxPool", ["x"], ["y"], name="pool", kernel_shape=[2, 2], dilations=[2, 2])],
    )
    up = node("ConvTranspose", ["x", "w"], ["y"], name="up", group=3)
    save("onnx2tf_fails", [up], {"w": np.ones((3, 2, 2, 2), np.float32)})
    resize = {"mode": "nearest", "coordinate_transformation_mode": "half_pixel", "nearest_mode": "ceil"}
    save(
        "computes_something_else",
        [node("Resize", ["x", "", "scales"], ["y"], name="up", **resize)],
        {"scales": np.array([1, 1, 1.5, 1.5], np.float32)},
    )


if __name__ == "__main__":
    main()
