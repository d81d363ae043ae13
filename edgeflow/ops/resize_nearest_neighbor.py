"""RESIZE_NEAREST_NEIGHBOR of any element type: plain, with aligned corners, or with half-pixel centres."""

from __future__ import annotations

import math

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, resizing, rules
from edgeflow.ops.lowering import no_macs
from edgeflow.ops.quant_math import round_half_away
from edgeflow.ops.spec import KernelCall, OpSpec


def nearest(size: int, count: int, *, align_corners: bool, half_pixel_centers: bool) -> list[int]:
    """The input index of each of ``count`` output indices; products are float32, as the reference's."""
    if align_corners and count > 1:
        scale = np.float32(size - 1) / np.float32(count - 1)
    else:
        scale = np.float32(size) / np.float32(count)
    offset = np.float32(0.5 if half_pixel_centers else 0)
    places = [float((np.float32(i) + offset) * scale) for i in range(count)]
    rounded = [round_half_away(place) if align_corners else math.floor(place) for place in places]
    return [min(max(index, 0), size - 1) for index in rounded]


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_table_copy``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    align, half = bool(op.attrs.get("align_corners")), bool(op.attrs.get("half_pixel_centers"))
    rows, columns = (
        nearest(source.shape[d], output.shape[d], align_corners=align, half_pixel_centers=half)
        for d in (1, 2)
    )
    tables = [range(source.shape[0]), rows, columns, range(source.shape[3])]
    return movement.table_call(source, output, tables)


SPEC = OpSpec(
    kind="RESIZE_NEAREST_NEIGHBOR",
    max_version=4,
    rules=(
        rules.operand_count(2),
        movement.same_dtype,
        rules.rank_4,
        movement.rank_to_4,
        resizing.constant_size,
    ),
    output_shapes=resizing.output_shapes,
    macs=no_macs,
    lower=lower,
)
