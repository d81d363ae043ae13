"""Fold PAD with the zero point into the CONV_2D and DEPTHWISE_CONV_2D operators that read it.

Exact because both operators count what lies outside their input as the input's zero point. Not into
poolings: an average counts only elements that exist, a maximum must not see the zero point of a border
that TFLite's own padding leaves out. Batch and channels cannot be padded by a window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.geometry import windows
from edgeflow.ops.pad import paddings
from edgeflow.ops.registry import broken_rule
from edgeflow.passes.rewrite import absorb, readers, with_input, with_ops

CONVOLUTIONS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})


def fold_padding(graph: Graph) -> Graph:
    """Fold PAD with the zero point into the convolutions that read it."""
    for op in graph.ops:
        if op.kind in {"PAD", "PADV2"} and op.outputs[0] not in graph.outputs:
            graph = _without_pad(graph, op)
    return graph


def _without_pad(graph: Graph, pad: Op) -> Graph:
    """The graph with the PAD in its readers' windows; unchanged where one of them cannot take it."""
    if broken_rule(graph, pad) is not None or not _pads_zero_points(graph, pad):
        return graph
    counts = paddings(graph, pad)
    if len(counts) != 4 or counts[0] != [0, 0] or counts[3] != [0, 0]:
        return graph
    users = readers(graph, pad.outputs[0])
    if not users or not all(_takes_padding(graph, user, pad.outputs[0]) for user in users):
        return graph
    padded = {user.index: _padded(graph, user, pad, counts) for user in users}
    folded = with_ops(graph, {**padded, pad.index: None})
    if any(broken_rule(folded, user) is not None for user in padded.values()):
        return graph
    return folded


def _pads_zero_points(graph: Graph, pad: Op) -> bool:
    """Whether the padding is the output's zero point, and input and output are quantized alike."""
    source, output = graph.input_tensor(pad, 0), graph.output_tensor(pad)
    if source.quant is None or source.quant != output.quant:
        return False
    if pad.kind == "PAD":
        return True
    value = np.asarray(graph.input_tensor(pad, 2).data).reshape(-1)[0]
    return int(value) == source.quant.zero_point


def _takes_padding(graph: Graph, user: Op, tensor_id: int) -> bool:
    if user.kind not in CONVOLUTIONS or user.inputs.count(tensor_id) != 1 or user.inputs[0] != tensor_id:
        return False
    return broken_rule(graph, user) is None


def _padded(graph: Graph, user: Op, pad: Op, counts: Sequence[Sequence[int]]) -> Op:
    """The convolution on the PAD's input, with both paddings added up."""
    _, height, width, _ = graph.output_tensor(pad).shape
    _, kernel_h, kernel_w, _ = graph.input_tensor(user, 1).shape
    rows, columns = windows(user, kernel_h, kernel_w)
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
