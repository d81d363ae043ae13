"""What SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND share: every n-th position as a batch of its own.

The wide tensor is [batches, spatial..., channels], the narrow one has ``block`` times as many batches;
``margins`` are the paddings of the one operator and the crops of the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

from edgeflow.ir.graph import Graph, Op, Tensor
from edgeflow.ops import movement, rules, shapes
from edgeflow.ops.lowering import contiguous_strides
from edgeflow.ops.movement import Loop
from edgeflow.ops.spec import Rule, Shapes

BLOCK, MARGINS = 1, 2
MAX_BLOCKS = 64


def constant_blocks(graph: Graph, op: Op) -> bool:
    """Block and margins stand in the model file, for one or two dimensions between batch and channels."""
    block = movement.constant_ints(graph.optional_tensor(op, BLOCK))
    margins = movement.constant_ints(graph.optional_tensor(op, MARGINS))
    rank = len(graph.input_tensor(op, 0).shape)
    if block is None or margins is None or len(block) not in {1, 2} or rank != len(block) + 2:
        return False
    return len(margins) == 2 * len(block) and min(block) >= 1 and min(margins) >= 0


def few_blocks(graph: Graph, op: Op) -> bool:
    """A block has at most 64 positions."""
    return math.prod(movement.int_inputs(graph, op, BLOCK)) <= MAX_BLOCKS


RULES: tuple[Rule, ...] = (
    rules.operand_count(3),
    rules.quantized_input_and_output,
    rules.same_quantization,
    movement.rank_to_5,
    constant_blocks,
    few_blocks,
)


def margins_of(graph: Graph, op: Op) -> list[tuple[int, int]]:
    """Elements before and after, per spatial dimension."""
    values = movement.int_inputs(graph, op, MARGINS)
    return list(zip(values[::2], values[1::2], strict=True))


def narrow_shapes(graph: Graph, op: Op) -> Shapes:
    """The input, with its margins, taken apart into blocks."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not constant_blocks(graph, op):
        return None
    block = movement.int_inputs(graph, op, BLOCK)
    padded = [size + sum(pair) for size, pair in zip(shape[1:-1], margins_of(graph, op), strict=True)]
    if any(size % step for size, step in zip(padded, block, strict=True)):
        return None
    counts = (size // step for size, step in zip(padded, block, strict=True))
    return ((shape[0] * math.prod(block), *counts, shape[-1]),)


def wide_shapes(graph: Graph, op: Op) -> Shapes:
    """The input's blocks put together, without the margins."""
    shape = shapes.input_shape(graph, op)
    if shape is None or not constant_blocks(graph, op):
        return None
    block = movement.int_inputs(graph, op, BLOCK)
    if shape[0] % math.prod(block):
        return None
    places = zip(shape[1:-1], block, margins_of(graph, op), strict=True)
    sizes = (count * step - sum(pair) for count, step, pair in places)
    return ((shape[0] // math.prod(block), *sizes, shape[-1]),)


def block_parts(graph: Graph, op: Op, wide: Tensor, narrow: Tensor) -> Iterator[tuple[list[Loop], int, int]]:
    """For each position of a block the loops (wide steps first) and the first wide and narrow elements."""
    block, margins = movement.int_inputs(graph, op, BLOCK), margins_of(graph, op)
    wide_steps, narrow_steps = contiguous_strides(wide.shape), contiguous_strides(narrow.shape)
    for number, place in enumerate(product(*map(range, block))):
        loops = [(wide.shape[0], wide_steps[0], narrow_steps[0])]
        first_wide, first_narrow = 0, number * wide.shape[0] * narrow_steps[0]
        for d, (offset, step, (before, _)) in enumerate(zip(place, block, margins, strict=True), start=1):
            begin = max(0, -((offset - before) // step))  # the first index not before the wide tensor
            end = min(narrow.shape[d], -(-(wide.shape[d] + before - offset) // step))
            loops.append((max(0, end - begin), wide_steps[d] * step, narrow_steps[d]))
            first_wide += (begin * step + offset - before) * wide_steps[d]
            first_narrow += begin * narrow_steps[d]
        if all(count > 0 for count, _, _ in loops):
            yield [*loops, (wide.shape[-1], 1, 1)], first_wide, first_narrow
