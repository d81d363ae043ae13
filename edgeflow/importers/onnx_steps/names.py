"""Give a converted ``.tflite`` the interface and the names of its source, for the messages about layers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NODE = re.compile(r"onnx_node_(\d+)")
_OTHER = re.compile(r"[^A-Za-z0-9_.:/-]")
_MAX_NAME = 200
_CONSTANTS = {0: "input", 1: "weights", 2: "bias"}
_FLOAT32 = 0  # in schema.fbs
Model = Any  # TensorFlow's object form of the flatbuffer, which has no types


def read(flatbuffer: bytes) -> Model:
    """The flatbuffer as objects."""
    from tensorflow.lite.tools import flatbuffer_utils

    return flatbuffer_utils.convert_bytearray_to_object(bytearray(flatbuffer))


def write(model: Model) -> bytes:
    """The objects as a flatbuffer."""
    from tensorflow.lite.tools import flatbuffer_utils

    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def order_inputs(model: Model, count: int) -> bool:
    """Put the inputs, ``input_0`` ... to the converter, into the source's order; False if one is gone."""
    graph = model.subgraphs[0]
    by_name = {_text(graph.tensors[index].name).split(":")[0]: index for index in graph.inputs}
    names = [
        name for i in range(count) for name in by_name if re.fullmatch(rf"(serving_default_)?input_{i}", name)
    ]
    if len(names) != count or len(graph.inputs) != count:
        return False
    graph.inputs = [by_name[name] for name in names]
    return True


def order_outputs(model: Model, places: Sequence[int]) -> None:
    """Put the outputs into this order of their present places."""
    graph = model.subgraphs[0]
    graph.outputs = [graph.outputs[place] for place in places]


def give_source_names(
    model: Model, inputs: Sequence[str], outputs: Sequence[str], nodes: Mapping[str, str]
) -> None:
    """Name tensors after the nodes of the source that they come from; ``nodes`` maps layer to node.

    What an operator computes has the names of all nodes fused into it; what a node needs before it,
    such as padding, that of the node; signatures, which would repeat old names, go.
    """
    graph = model.subgraphs[0]
    taken: set[str] = set()
    names: dict[int, str] = {}
    for index, name in [*zip(graph.inputs, inputs, strict=True), *zip(graph.outputs, outputs, strict=True)]:
        names.setdefault(index, _unique(_clean(name), taken))
    read_for: dict[int, str] = {}  # what each tensor is first read for
    for operator in reversed(graph.operators):
        for index in operator.outputs:
            own = _source(_text(graph.tensors[index].name), nodes)
            names.setdefault(index, _unique(_clean(own or read_for.get(index, "unnamed")), taken))
        result = names[operator.outputs[0]]
        for place, index in enumerate(operator.inputs):
            if index >= 0 and _is_constant(model, graph.tensors[index]):
                names.setdefault(index, _unique(f"{result}/{_constant_label(graph, operator, place)}", taken))
            else:
                read_for[index] = result if result.endswith("/before") else f"{result}/before"
    for index, name in names.items():
        graph.tensors[index].name = name.encode()
    model.signatureDefs = None


def _source(name: str, nodes: Mapping[str, str]) -> str:
    numbers = sorted({int(number) for number in _NODE.findall(name)})
    return ";".join(nodes[f"onnx_node_{number}"].lstrip("/") for number in numbers)


def _constant_label(graph: Any, operator: Any, place: int) -> str:  # noqa: ANN401 - as Model
    """What a convolution or dense layer calls it; a number for the constants of other operators."""
    is_float = graph.tensors[operator.inputs[place]].type == _FLOAT32
    return _CONSTANTS[place] if is_float and len(operator.inputs) == 3 else f"constant{place}"


def _is_constant(model: Model, tensor: Any) -> bool:  # noqa: ANN401 - as Model
    data = model.buffers[tensor.buffer].data
    return data is not None and len(data) > 0


def _text(name: bytes | str | None) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else name or ""


def _clean(name: str) -> str:
    return ";".join(_OTHER.sub("_", part) for part in name.split(";"))[:_MAX_NAME]


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 1
    while candidate in taken:
        count += 1
        candidate = f"{name}_{count}"
    taken.add(candidate)
    return candidate
