"""What AVERAGE_POOL_2D and MAX_POOL_2D share: rules, and the call of a kernel over windows."""

from __future__ import annotations

from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import overlap, rules, shapes
from edgeflow.ops.geometry import Window, int_attr, reach_the_input, windows
from edgeflow.ops.lowering import activation_limits, kernel_name, tensor_arg
from edgeflow.ops.spec import KernelCall, Rule, Shapes, TensorArg


def _windows(op: Op) -> tuple[Window, Window]:
    return windows(op, int_attr(op, "filter_height"), int_attr(op, "filter_width"))


def filter_size(_graph: Graph, op: Op) -> bool:
    """The filter's height and width are at least 1."""
    sizes = (op.attrs.get("filter_height"), op.attrs.get("filter_width"))
    return all(isinstance(size, int) and size >= 1 for size in sizes)


def known_padding(graph: Graph, op: Op) -> bool:
    """The padding is SAME, VALID or that of a folded PAD, and strides and dilations are at least 1."""
    if op.attrs.get("padding") != "EXPLICIT" or not (rules.has_steps(op) and filter_size(graph, op)):
        return rules.known_padding(graph, op)
    return op.kind == "MAX_POOL_2D" and reach_the_input(_windows(op))


def output_shapes(graph: Graph, op: Op) -> Shapes:
    """As many positions as the windows have, with the input's channels."""
    source = shapes.input_shape(graph, op)
    if source is None or len(source) != 4:
        return None
    if not (known_padding(graph, op) and filter_size(graph, op)):
        return None
    n, h, w, c = source
    rows, columns = _windows(op)
    return ((n, rows.output_size(h), columns.output_size(w), c),)


def output_shape(graph: Graph, op: Op) -> bool:
    """The output's shape follows from input, filter, stride and padding."""
    sizes = (*graph.input_tensor(op, 0).shape, *graph.output_tensor(op).shape)
    return shapes.follow(graph, op, output_shapes(graph, op)) and min(sizes) >= 1


def window_rules(padding: Rule) -> tuple[Rule, ...]:
    """All rules of a pooling; ``padding`` is its own."""
    return (
        rules.operand_count(1),
        rules.quantized_input_and_output,
        rules.same_quantization,
        rules.rank_4,
        rules.known_activation,
        padding,
        filter_size,
        output_shape,
    )


def window_starts(graph: Graph, op: Op) -> overlap.Places:
    """For each output position the first input element of its window, ``NO_PLACE`` for none."""
    n, h, w, c = graph.input_tensor(op, 0).shape
    rows, columns = _windows(op)
    starts = overlap.row_starts(rows.first_reads(h), columns.first_reads(w), w * c, c)
    return overlap.in_batches(starts, n, h * w * c)


def pool_call(graph: Graph, op: Op, stem: str) -> KernelCall:
    """The call of a kernel of that name (without prefix and type) that takes ``ef_pool_2d_params``."""
    source, output = graph.input_tensor(op, 0), graph.output_tensor(op)
    n, h, w, c = source.shape
    rows, columns = _windows(op)
    distance = overlap.window_distance(window_starts(graph, op), c, groups=c)
    return KernelCall(
        function=kernel_name(stem, source),
        header="ef_pool_2d.h",
        args=(tensor_arg(source), TensorArg(output.id)),
        params_type="ef_pool_2d_params",
        params=(
            ("batches", n),
            ("input_h", h),
            ("input_w", w),
            ("channels", c),
            ("output_h", output.shape[1]),
            ("output_w", output.shape[2]),
            ("kernel_h", rows.kernel),
            ("kernel_w", columns.kernel),
            ("stride_h", rows.stride),
            ("stride_w", columns.stride),
            ("pad_top", rows.pad_before(h)),
            ("pad_left", columns.pad_before(w)),
            *activation_limits(op, output),
        ),
        overlaps=overlap.element_overlap(source, output, distance),
    )
