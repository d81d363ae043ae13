"""Float32 at the edges of a network: exact as the reference is, refused in the middle."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from kernel_harness import run_graph
from op_graphs import assert_same_bytes
from tflite_builder import Node, T, build_model

from edgeflow.errors import ModelError
from edgeflow.frontend.tflite import parse_model
from edgeflow.ops.float_edges import FLOAT32
from edgeflow.ops.registry import REGISTRY, broken_rule, check_ops, lower
from edgeflow.passes.infer_shapes import infer_shapes

OPTIONS = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions", "DIV": "DivOptions"}
PAIRS = ("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM")
ELEMENTS = ("RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "ABS", "NEG")
MAX, TINY = float(np.finfo(np.float32).max), 1e-45
NOT_A_NUMBER = np.float32(np.nan)
SPECIAL = [0.0, -0.0, 1.0, -1.0, 6.0, 7.0, 1 / 3, MAX, -MAX, TINY, -TINY, 1e-38, np.inf, -np.inf, 0.1, 255.0]


@dataclass(frozen=True)
class FloatCase:
    """An operator on float32 between the inputs and an output, which QUANTIZE also reads."""

    name: str
    tensors: tuple
    node: Node
    feeds: tuple

    @property
    def model(self):
        output = self.node.outputs[0]
        shape = self.tensors[output].shape
        tensors = [*self.tensors, T("q", shape, "int8", 0.1, 3)]
        quantize = Node("QUANTIZE", [output], [len(self.tensors)], "QuantizeOptions", {}, 1)
        inputs = [i for i in self.node.inputs if self.tensors[i].data is None]
        return build_model(tensors, [self.node, quantize], inputs, [output, len(self.tensors)])


def floats(name, shape, data=None):
    return T(name, shape, "float32", None, 0, 0, data)


def pair(kind, name, left, right, feeds=None, act="NONE"):
    y = np.broadcast_shapes(left, right)
    random = np.random.default_rng(5)
    values = feeds or [tuple(random.normal(0, 3, shape).astype(np.float32) for shape in (left, right))]
    fields = {"FusedActivationFunction": act} if kind in OPTIONS else {}
    node = Node(kind, [0, 1], [2], OPTIONS.get(kind, ""), fields)
    tensors = (floats("a", left), floats("b", right), floats("y", y))
    return FloatCase(f"{kind}-{name}", tensors, node, tuple(values))


def element(kind):
    values = np.array([*SPECIAL, NOT_A_NUMBER, *np.linspace(-8, 8, 48)], np.float32)
    tensors = (floats("x", values.shape), floats("y", values.shape))
    return FloatCase(kind, tensors, Node(kind, [0], [1]), ((values,),))


def moved(kind, x, y, constants, options="", fields=None):
    tensors = [floats("x", x), *(T(f"c{i}", np.shape(c), "int32", data=np.array(c, np.int32)) for i, c in
                                 enumerate(constants)), floats("y", y)]  # fmt: skip
    node = Node(kind, list(range(len(tensors) - 1)), [len(tensors) - 1], options, fields or {})
    feed = np.random.default_rng(6).normal(0, 3, x).astype(np.float32)
    return FloatCase(kind, tuple(tensors), node, ((feed,),))


GRID = tuple(np.array(side, np.float32) for side in np.meshgrid(SPECIAL, SPECIAL))
with np.errstate(over="ignore"):
    CASES = [
        *(pair(kind, "special_values", (16, 16), (16, 16), [GRID]) for kind in PAIRS),
        *(pair(kind, "special_repeated", (16, 16), (16,), [(GRID[0], GRID[1][:, 0])]) for kind in PAIRS),
        *(pair(kind, "channels", (1, 4, 5, 3), (3,)) for kind in PAIRS),
        *(pair(kind, "scalar", (2, 3), ()) for kind in PAIRS),
        *(pair(kind, "both_repeated", (4, 1, 8), (1, 5, 1)) for kind in PAIRS),
        *(pair(kind, act.lower(), (16, 16), (16, 16), [GRID], act)
          for kind in OPTIONS for act in ("RELU", "RELU6", "RELU_N1_TO_1")),
        *(element(kind) for kind in ELEMENTS),
        moved("PAD", (1, 2, 3, 2), (1, 4, 4, 3), [[[0, 0], [1, 1], [0, 1], [1, 0]]], "PadOptions"),
        moved("PAD", (2, 3), (5, 4), [[[2, 1], [1, 0]]], "PadOptions"),
        moved("RESHAPE", (2, 3, 4), (6, 4), [(6, 4)], "ReshapeOptions"),
        moved("TRANSPOSE", (2, 3, 4), (4, 2, 3), [(2, 0, 1)], "TransposeOptions"),
        moved("EXPAND_DIMS", (2, 3), (2, 1, 3), [1], "ExpandDimsOptions"),
        moved("SLICE", (4, 5), (2, 3), [(1, 2), (2, 3)], "SliceOptions"),
        moved("TILE", (2, 3), (4, 3), [(2, 1)], "TileOptions"),
        moved("REVERSE_V2", (2, 3), (2, 3), [[1]], ""),
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_float32_equals_reference(case, oracle, kernels):
    graph = parse_model(case.model, case.name)
    check_ops(graph, case.name)
    output = graph.outputs[0]
    found = [[run_graph(kernels, graph, lower, feed)[output]] for feed in case.feeds]
    assert_same_bytes(found, [outputs[:1] for outputs in oracle.run(case.model, case.feeds)])


def test_every_form_has_a_case():
    assert {case.node.kind for case in CASES} >= set(FLOAT32)
    assert list(FLOAT32) == sorted(FLOAT32)


def net(*kinds, source="float32", sink="float32"):
    """A chain of operators on one tensor after another of the shape (4,)."""
    tensors, nodes = [tensor("x", source)], []
    for place, kind in enumerate(kinds):
        last = place == len(kinds) - 1
        tensors.append(tensor(f"t{place}", "int8" if kind == "QUANTIZE" else sink if last else "float32"))
        nodes.append(Node(kind, [place], [place + 1]))
    return parse_model(build_model(tensors, nodes, [0], [len(kinds)]), "net")


def tensor(name, dtype):
    return T(name, (4,), dtype, 0.1 if dtype == "int8" else None)


def sentences(graph):
    return [broken_rule(graph, op) for op in graph.ops]


def test_float32_before_quantize_and_after_dequantize_is_compiled():
    assert sentences(net("NEG", "RELU", "QUANTIZE")) == [None] * 3
    assert sentences(net("DEQUANTIZE", "NEG", "ABS", source="int8")) == [None] * 3


def test_float32_in_the_middle_is_refused():
    graph = net("DEQUANTIZE", "NEG", "SQUEEZE", "ABS", "QUANTIZE", source="int8")
    refused = "On float32 it stands between an input and QUANTIZE, or between DEQUANTIZE and an output."
    assert sentences(graph) == [None, refused, None, refused, None]


@pytest.mark.parametrize("kind", ["ELU", "SOFTMAX", "LOGISTIC", "CONV_2D", "CUMSUM"])
def test_other_operators_on_float32_are_refused_with_what_to_do(kind):
    graph = net("DEQUANTIZE", "ABS", source="int8")
    graph = replace(graph, ops=(graph.ops[0], replace(graph.ops[1], kind=kind)))
    with pytest.raises(ModelError, match="On float32 the operator is not supported: quantize it too"):
        check_ops(graph, "net")


@pytest.mark.parametrize("kind", sorted(set(FLOAT32) - set(REGISTRY)))
def test_forms_without_integers_say_so(kind):
    graph = net("ABS", source="int8", sink="int8")
    graph = replace(graph, ops=(replace(graph.ops[0], kind=kind),))
    assert sentences(graph) == ["The operator has only a float32 form, for the edges of the network."]


def test_shapes_of_float32_operators_are_inferred():
    graph = net("NEG", "QUANTIZE")
    wrong = replace(graph, tensors={**graph.tensors, 1: replace(graph.tensors[1], shape=(2, 2))})
    assert [t.shape for t in infer_shapes(wrong).tensors.values()] == [(4,)] * 3


def changed(graph, tensor_id, **changes):
    return replace(graph, tensors={**graph.tensors, tensor_id: replace(graph.tensors[tensor_id], **changes)})


def test_rules_of_pairs_and_elements():
    graph = parse_model(pair("ADD", "rules", (2, 3), (3,)).model, "net")
    assert "Inputs and output are float32" in broken_rule(changed(graph, 1, dtype="int32"), graph.ops[0])
    assert "broadcast" in broken_rule(changed(graph, 1, shape=(7,)), graph.ops[0])
    odd = replace(graph.ops[0], attrs={"fused_activation_function": "TANH"})
    assert "fused activation" in broken_rule(graph, odd)
    graph = parse_model(element("NEG").model, "net")
    assert "the input's shape" in broken_rule(changed(graph, 0, shape=(7,)), graph.ops[0])
    assert "1 input" in broken_rule(graph, replace(graph.ops[0], inputs=(0, 0)))


def test_kernels_of_elements_may_run_in_place(kernels):
    from kernel_harness import run_call

    for case in (element(kind) for kind in ELEMENTS):
        graph = parse_model(case.model, case.name)
        expected = run_graph(kernels, graph, lower, case.feeds[0])[1]
        [call] = lower(graph, graph.ops[0])
        values = case.feeds[0][0].copy()
        run_call(kernels, call, {0: values, 1: values})
        assert values.tobytes() == expected.tobytes()
