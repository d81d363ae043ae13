"""Random small graphs for property tests: chains, branches, joins, reshapes, constants, scratch."""

import numpy as np
from hypothesis import strategies as st

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ir.overlap import Overlap

SIZES = st.integers(1, 70)


def activation(tensor_id, byte_count, dtype="int8"):
    width = {"int8": 1, "int32": 4, "float32": 4, "int64": 8}[dtype]
    return Tensor(tensor_id, f"t{tensor_id}", (1, byte_count // width), dtype)


def constant(tensor_id, byte_count):
    data = np.zeros(byte_count, dtype=np.int8)
    data.setflags(write=False)
    return Tensor(tensor_id, f"c{tensor_id}", (byte_count,), "int8", data=data)


def chain(*byte_counts, kinds=None):
    """A graph of one tensor after another, without branches."""
    tensors = {i: activation(i, size) for i, size in enumerate(byte_counts)}
    kinds = kinds or ["CONV_2D"] * (len(byte_counts) - 1)
    ops = tuple(Op(i, kind, 1, (i,), (i + 1,)) for i, kind in enumerate(kinds))
    return Graph(tensors, ops, (0,), (len(byte_counts) - 1,))


@st.composite
def overlaps_of(draw, graph, least=None):
    """Overlaps of some inputs and outputs of the graph's operators, at any distance from ``least`` on."""
    found = {}
    for op in graph.ops:
        read = {i for i in op.inputs if i is not None and not graph.tensors[i].is_constant}
        pairs = [(i, o) for i in sorted(read) for o in op.outputs if draw(st.booleans())]
        found[op.index] = tuple(
            Overlap(i, o, draw(st.integers(_least(graph, i, least), graph.tensors[o].byte_count)))
            for i, o in pairs
        )
    return found


def _least(graph, tensor_id, least):
    return -graph.tensors[tensor_id].byte_count if least is None else least


@st.composite
def graphs(draw, max_ops=10, sizes=SIZES):
    """A legal graph and its scratch need: every read has a write before it."""
    tensors = {i: activation(i, draw(sizes)) for i in range(draw(st.integers(1, 3)))}
    inputs = tuple(tensors)
    tensors[100] = constant(100, 5)
    available = [*inputs]
    ops, scratch = [], {}
    for index in range(draw(st.integers(0, max_ops))):
        output = len(tensors)
        source = draw(st.sampled_from(available))
        kind = draw(st.sampled_from(["CONV_2D", "ADD", "RESHAPE", "SPLIT"]))
        if kind == "RESHAPE":
            tensors[output] = activation(output, tensors[source].byte_count)
            ops.append(Op(index, kind, 1, (source, 100), (output,)))
        elif kind == "SPLIT":
            tensors[output] = activation(output, draw(sizes))
            tensors[output + 1] = activation(output + 1, draw(sizes))
            ops.append(Op(index, kind, 1, (source, None), (output, output + 1)))
            available.append(output + 1)
        else:
            tensors[output] = activation(output, draw(sizes))
            other = draw(st.sampled_from([*available, 100]))
            ops.append(Op(index, kind, 1, (source, other), (output,)))
        if draw(st.booleans()) and kind != "RESHAPE":
            scratch[index] = draw(sizes)
        available.append(output)
    count = draw(st.integers(1, min(3, len(available))))
    outputs = tuple(draw(st.permutations(available))[:count])
    return Graph(tensors, tuple(ops), inputs, outputs), scratch
