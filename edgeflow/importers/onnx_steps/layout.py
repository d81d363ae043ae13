"""Where the channels stand: ONNX has them second, a ``.tflite`` last."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

# The permutation from channels second to channels last, by the number of axes.
CHANNELS_LAST = {3: [0, 2, 1], 4: [0, 2, 3, 1], 5: [0, 2, 3, 4, 1]}

_SPATIAL = {
    "Conv",
    "ConvTranspose",
    "MaxPool",
    "AveragePool",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "BatchNormalization",
    "InstanceNormalization",
    "Resize",
    "Upsample",
    "DepthToSpace",
    "SpaceToDepth",
    "LRN",
    "PRelu",
}
# Operators that leave the axes as they are.
_ELEMENTWISE = {
    *("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Clip", "Relu", "Sigmoid", "Tanh", "HardSwish", "Abs"),
    *("Neg", "Exp", "Log", "Sqrt", "LeakyRelu", "HardSigmoid", "Elu", "Pad", "Identity", "Cast", "Concat"),
}


def take_channels_first(model: ModelProto, name: str) -> bool:
    """Let the input be read with its channels second where the graph itself begins by moving them there.

    Then onnx2tf, which moves them back to the end, arrives at the layout of the source without a
    transpose. Returns whether it was so.
    """
    graph = model.graph
    value = next(value for value in graph.input if value.name == name)
    dims = value.type.tensor_type.shape.dim
    last = CHANNELS_LAST[len(dims)]
    to_second = [last.index(axis) for axis in range(len(last))]
    readers = _readers(graph, name)
    moves = [node for node in readers if _permutation(node) == to_second]
    moved = {node.output[0] for node in moves}
    results = {output.name for output in graph.output}
    if not readers or len(moves) != len(readers) or results & {name, *moved}:
        return False
    shape = [dims[axis].dim_value for axis in to_second]
    for dim, size in zip(dims, shape, strict=True):
        dim.dim_value = size
    for node in graph.node:
        for index, each in enumerate(node.input):
            if each in moved:
                node.input[index] = name
    kept = [node for node in graph.node if node not in moves]
    del graph.node[:]
    graph.node.extend(kept)
    return True


def is_spatial_input(graph: GraphProto, name: str) -> bool:
    """Is the input a picture or signal? Four axes are; else a convolution or the like must read it."""
    value = next(value for value in graph.input if value.name == name)
    if len(value.type.tensor_type.shape.dim) == 4:
        return True
    waiting, seen = [name], {name}
    while waiting:
        for node in _readers(graph, waiting.pop()):
            if node.op_type in _SPATIAL:
                return True
            if node.op_type in _ELEMENTWISE:
                new = set(node.output) - seen
                waiting += new
                seen |= new
    return False


def _readers(graph: GraphProto, name: str) -> list[NodeProto]:
    return [node for node in graph.node if name in node.input]


def _permutation(node: NodeProto) -> list[int] | None:
    if node.op_type != "Transpose":
        return None
    return next((list(each.ints) for each in node.attribute if each.name == "perm"), None)
