"""What SPACE_TO_DEPTH and DEPTH_TO_SPACE share: blocks of positions stored as channels."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.geometry import int_attr
from edgeflow.ops.lowering import contiguous_strides
from edgeflow.ops.movement import Loop
from edgeflow.ops.spec import Rule, Shape, Shapes

RULES: tuple[Rule, ...] = (rules.operand_count(1), movement.same_dtype, rules.rank_4, movement.rank_to_5)


def _shape_and_block(graph: Graph, op: Op) -> tuple[Shape, int] | None:
    shape, block = shapes.input_shape(graph, op), op.attrs.get("block_size")
    if shape is None or len(shape) != 4 or isinstance(block, bool) or not isinstance(block, int):
        return None
    return (shape, block) if block >= 1 else None


def wide_shapes(graph: Graph, op: Op) -> Shapes:
    """The input with blocks of its channels as positions."""
    found = _shape_and_block(graph, op)
    if found is None:
        return None
    (n, h, w, c), block = found
    return ((n, h * block, w * block, c // block**2),) if c % block**2 == 0 else None


def deep_shapes(graph: Graph, op: Op) -> Shapes:
    """The input with blocks of its positions as channels."""
    found = _shape_and_block(graph, op)
    if found is None:
        return None
    (n, h, w, c), block = found
    return ((n, h // block, w // block, c * block**2),) if not (h % block or w % block) else None


def block_loops(wide: Tensor, deep: Tensor, op: Op) -> list[Loop]:
    """Loops with the wide tensor's steps first and the deep one's second."""
    block = int_attr(op, "block_size")
    wide_n, wide_h, wide_w, _ = contiguous_strides(wide.shape)
    deep_n, deep_h, deep_w, _ = contiguous_strides(deep.shape)
    n, h, w, _ = deep.shape
    channels = wide.shape[3]
    return [
        (n, wide_n, deep_n),
        (h, wide_h * block, deep_h),
        (block, wide_h, block * channels),
        (w, wide_w * block, deep_w),
        (block, wide_w, channels),
        (channels, 1, 1),
    ]


def tensors(graph: Graph, op: Op) -> tuple[Tensor, Tensor]:
    """Input and output."""
    return graph.input_tensor(op, 0), graph.output_tensor(op)
