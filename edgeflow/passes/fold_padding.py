"""Fold PAD into the CONV_2D, DEPTHWISE_CONV_2D and MAX_POOL_2D operators that read it.

Exact because convolutions count what lies outside their input as its zero point, and PAD writes just that;
a maximum leaves it out, which is the same where PAD writes the lowest value of the type. An average counts
only elements that exist, and would count others; batch and channels cannot be padded by a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.geometry import Window, int_attr, windows
from edgeflow.ops.lowering import quant_of
from edgeflow.ops.pad import paddings
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.rewrite import absorb, readers, with_input, with_ops

CONVOLUTIONS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})


def fold_padding(graph: Graph) -> Graph:
    """Fold PAD into the convolutions and poolings that read it."""
    for op in graph.ops:
        if op.kind in {"PAD", "PADV2"} and op.outputs[0] not in graph.outputs:
            graph = _without_pad(graph, op)
    return graph


def _without_pad(graph: Graph, pad: Op) -> Graph:
    """The graph with the PAD in its readers' windows; unchanged where one of them cannot take it."""
    if broken_rule(graph, pad) is not None or not _keeps_quantization(graph, pad):
        return graph
    if _may_change(graph, pad):
        return graph
    counts = paddings(graph, pad)
    if len(counts) != 4 or counts[0] != [0, 0] or counts[3] != [0, 0]:
        return graph
    users = readers(graph, pad.outputs[0])
    if not users or not all(_takes_padding(graph, user, pad) for user in users):
        return graph
    padded = {user.index: _padded(graph, user, pad, counts) for user in users}
    folded = with_ops(graph, {**padded, pad.index: None})
    if any(broken_rule(folded, user) is not None for user in padded.values()):
        return graph
    return folded


def _keeps_quantization(graph: Graph, pad: Op) -> bool:
    source, output = graph.input_tensor(pad, 0), graph.output_tensor(pad)
    return source.quant is not None and source.quant == output.quant


def _may_change(graph: Graph, pad: Op) -> bool:
    """Whether what PAD reads may have another value when its readers run."""
    return graph.input_tensor(pad, 0).id in graph.variables


def _padded_with(graph: Graph, pad: Op) -> int:
    """The value that PAD writes."""
    if pad.kind == "PADV2":
        return int(np.asarray(graph.input_tensor(pad, 2).data).reshape(-1)[0])
    return quant_of(graph.output_tensor(pad)).zero_point


def _takes_padding(graph: Graph, user: Op, pad: Op) -> bool:
    """Whether a window beyond the input counts as what PAD writes."""
    tensor_id = pad.outputs[0]
    if user.inputs.count(tensor_id) != 1 or user.inputs[0] != tensor_id:
        return False
    padded, value = graph.output_tensor(pad), _padded_with(graph, pad)
    lowest, zero_point = np.iinfo(padded.dtype).min, quant_of(padded).zero_point
    exact = value == (zero_point if user.kind in CONVOLUTIONS else lowest)
    return exact and user.kind in {*CONVOLUTIONS, "MAX_POOL_2D"} and broken_rule(graph, user) is None


def _windows(graph: Graph, user: Op) -> tuple[Window, Window]:
    if user.kind not in CONVOLUTIONS:
        return windows(user, int_attr(user, "filter_height"), int_attr(user, "filter_width"))
    _, kernel_h, kernel_w, _ = graph.input_tensor(user, 1).shape
    return windows(user, kernel_h, kernel_w)


def _padded(graph: Graph, user: Op, pad: Op, counts: Sequence[Sequence[int]]) -> Op:
    """The operator on the PAD's input, with both paddings added up."""
    _, height, width, _ = graph.output_tensor(pad).shape
    rows, columns = _windows(graph, user)
    (top, bottom), (left, right) = rows.pads(height), columns.pads(width)
    attrs = {
        **user.attrs,
        "padding": "EXPLICIT",
        "pad_top": top + counts[1][0],
        "pad_bottom": bottom + counts[1][1],
        "pad_left": left + counts[2][0],
        "pad_right": right + counts[2][1],
    }
    moved = with_input(user, 0, graph.input_tensor(pad, 0).id)
    return replace(moved, attrs=attrs, absorbed=absorb(user, pad))
