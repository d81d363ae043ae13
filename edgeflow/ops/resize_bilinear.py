"""RESIZE_BILINEAR, int8 or int16: plain, with aligned corners or half-pixel centres, in 10-bit fractions."""

from __future__ import annotations

import numpy as np

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import movement, overlap, resizing, rules
from edgeflow.ops.lowering import kernel_name, no_macs, tensor_arg
from edgeflow.ops.spec import KernelCall, OpSpec, TensorArg


def small_output(graph: Graph, op: Op) -> bool:
    """Input and output height and width are at most 1024."""
    return max(*graph.input_tensor(op, 0).shape[1:3], *graph.output_tensor(op).shape[1:3]) <= 1024


def _step(size: int, count: int, *, align_corners: bool) -> int:
    """Input elements from one output element to the next, times 1024, rounded."""
    if align_corners and count > 1:
        size, count = size - 1, count - 1
    return (1024 * size + count // 2) // count


def _first_reads(size: int, count: int, step: int, first: int) -> overlap.Places:
    """The lower of the two input indices that each output index lies between, as the kernel finds it."""
    places = np.arange(count, dtype=np.int64) * step + first
    return np.minimum(np.maximum(places, 0) // 1024, size - 1)


def lower(graph: Graph, op: Op) -> KernelCall:
    """The call of ``ef_resize_bilinear_s8`` or ``ef_resize_bilinear_s16``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    align, half = bool(op.attrs.get("align_corners")), bool(op.attrs.get("half_pixel_centers"))
    n, h, w, c = source.shape
    _, output_h, output_w, _ = output.shape
    step_h, step_w = (_step(a, b, align_corners=align) for a, b in ((h, output_h), (w, output_w)))
    first_h, first_w = (step // 2 - 512 if half else 0 for step in (step_h, step_w))
    starts = overlap.row_starts(
        _first_reads(h, output_h, step_h, first_h), _first_reads(w, output_w, step_w, first_w), w * c, c
    )
    distance = overlap.window_distance(overlap.in_batches(starts, n, h * w * c), c, groups=c)
    return KernelCall(
        function=kernel_name("resize_bilinear", source),
        header="ef_resize_bilinear.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_resize_bilinear_params",
        params=(
            *(("batches", n), ("input_h", h), ("input_w", w), ("channels", c)),
            *(("output_h", output_h), ("output_w", output_w)),
            *(("step_h", step_h), ("step_w", step_w)),
            ("first_h", first_h),
            ("first_w", first_w),
        ),
        overlaps=overlap.element_overlap(source, output, distance),
    )


SPEC = OpSpec(
    kind="RESIZE_BILINEAR",
    max_version=4,
    rules=(
        rules.operand_count(2),
        rules.quantized_input_and_output,
        rules.rank_4,
        movement.rank_to_5,
        resizing.constant_size,
        small_output,
    ),
    output_shapes=resizing.output_shapes,
    macs=no_macs,
    lower=lower,
)
