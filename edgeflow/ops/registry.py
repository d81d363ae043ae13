"""The operators that edgeflow compiles: the explicit table, and the questions one asks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from edgeflow.errors import ModelError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops import abs as abs_op
from edgeflow.ops import (
    add,
    arg_max,
    arg_min,
    assign_variable,
    average_pool_2d,
    batch_matmul,
    batch_to_space_nd,
    cast,
    concatenation,
    conv_2d,
    depth_to_space,
    depthwise_conv_2d,
    dequantize,
    edges,
    equal,
    exp,
    expand_dims,
    fully_connected,
    gather,
    gelu,
    greater,
    greater_equal,
    hard_swish,
    l2_normalization,
    leaky_relu,
    less,
    less_equal,
    log_softmax,
    logistic,
    lookup_table,
    max_pool_2d,
    maximum,
    mean,
    minimum,
    mirror_pad,
    mul,
    not_equal,
    pack,
    pad,
    padv2,
    prelu,
    quantize,
    read_variable,
    reduce_max,
    reduce_min,
    relu,
    relu6,
    relu_0_to_1,
    relu_n1_to_1,
    reshape,
    resize_bilinear,
    resize_nearest_neighbor,
    reverse_v2,
    rsqrt,
    select_v2,
    softmax,
    space_to_batch_nd,
    space_to_depth,
    split,
    split_v,
    squared_difference,
    squeeze,
    strided_slice,
    sub,
    svdf,
    tanh,
    tile,
    transpose,
    transpose_conv,
    unidirectional_sequence_lstm,
    unpack,
)
from edgeflow.ops import select as select_op
from edgeflow.ops import slice as slice_op
from edgeflow.ops import sum as sum_op
from edgeflow.ops.dsp.table import DSP_LOWERINGS
from edgeflow.ops.element_types import ANY, element_types, sentence
from edgeflow.ops.float_edges import FLOAT32
from edgeflow.ops.mve.table import MVE_LOWERINGS
from edgeflow.ops.scalar.table import SCALAR_LOWERINGS
from edgeflow.ops.spec import KernelCall, KernelSet, OpSpec

REGISTRY: Mapping[str, OpSpec] = MappingProxyType(
    {
        "ABS": abs_op.SPEC,
        "ADD": add.SPEC,
        "ARG_MAX": arg_max.SPEC,
        "ARG_MIN": arg_min.SPEC,
        "ASSIGN_VARIABLE": assign_variable.SPEC,
        "AVERAGE_POOL_2D": average_pool_2d.SPEC,
        "BATCH_MATMUL": batch_matmul.SPEC,
        "BATCH_TO_SPACE_ND": batch_to_space_nd.SPEC,
        "CAST": cast.SPEC,
        "CONCATENATION": concatenation.SPEC,
        "CONV_2D": conv_2d.SPEC,
        "DEPTHWISE_CONV_2D": depthwise_conv_2d.SPEC,
        "DEPTH_TO_SPACE": depth_to_space.SPEC,
        "DEQUANTIZE": dequantize.SPEC,
        "EQUAL": equal.SPEC,
        "EXP": exp.SPEC,
        "EXPAND_DIMS": expand_dims.SPEC,
        "FULLY_CONNECTED": fully_connected.SPEC,
        "GATHER": gather.SPEC,
        "GELU": gelu.SPEC,
        "GREATER": greater.SPEC,
        "GREATER_EQUAL": greater_equal.SPEC,
        "HARD_SWISH": hard_swish.SPEC,
        "L2_NORMALIZATION": l2_normalization.SPEC,
        "LEAKY_RELU": leaky_relu.SPEC,
        "LESS": less.SPEC,
        "LESS_EQUAL": less_equal.SPEC,
        "LOGISTIC": logistic.SPEC,
        "LOG_SOFTMAX": log_softmax.SPEC,
        "MAXIMUM": maximum.SPEC,
        "MAX_POOL_2D": max_pool_2d.SPEC,
        "MEAN": mean.SPEC,
        "MINIMUM": minimum.SPEC,
        "MIRROR_PAD": mirror_pad.SPEC,
        "MUL": mul.SPEC,
        "NOT_EQUAL": not_equal.SPEC,
        "PACK": pack.SPEC,
        "PAD": pad.SPEC,
        "PADV2": padv2.SPEC,
        "PRELU": prelu.SPEC,
        "QUANTIZE": quantize.SPEC,
        "READ_VARIABLE": read_variable.SPEC,
        "REDUCE_MAX": reduce_max.SPEC,
        "REDUCE_MIN": reduce_min.SPEC,
        "RELU": relu.SPEC,
        "RELU6": relu6.SPEC,
        "RELU_0_TO_1": relu_0_to_1.SPEC,
        "RELU_N1_TO_1": relu_n1_to_1.SPEC,
        "RESHAPE": reshape.SPEC,
        "RESIZE_BILINEAR": resize_bilinear.SPEC,
        "RESIZE_NEAREST_NEIGHBOR": resize_nearest_neighbor.SPEC,
        "REVERSE_V2": reverse_v2.SPEC,
        "RSQRT": rsqrt.SPEC,
        "SELECT": select_op.SPEC,
        "SELECT_V2": select_v2.SPEC,
        "SLICE": slice_op.SPEC,
        "SOFTMAX": softmax.SPEC,
        "SPACE_TO_BATCH_ND": space_to_batch_nd.SPEC,
        "SPACE_TO_DEPTH": space_to_depth.SPEC,
        "SPLIT": split.SPEC,
        "SPLIT_V": split_v.SPEC,
        "SQUARED_DIFFERENCE": squared_difference.SPEC,
        "SQUEEZE": squeeze.SPEC,
        "STRIDED_SLICE": strided_slice.SPEC,
        "SUB": sub.SPEC,
        "SUM": sum_op.SPEC,
        "SVDF": svdf.SPEC,
        "TANH": tanh.SPEC,
        "TILE": tile.SPEC,
        "TRANSPOSE": transpose.SPEC,
        "TRANSPOSE_CONV": transpose_conv.SPEC,
        "UNIDIRECTIONAL_SEQUENCE_LSTM": unidirectional_sequence_lstm.SPEC,
        "UNPACK": unpack.SPEC,
    }
)

# Operators that no file has: passes make them of others.
MADE_BY_PASSES: Mapping[str, OpSpec] = MappingProxyType({"LOOKUP": lookup_table.SPEC})


# Where a set's kernels are looked for, in this order.
_LOWERINGS: Mapping[KernelSet, tuple[Mapping[str, Callable[[Graph, Op], tuple[KernelCall, ...]]], ...]] = (
    MappingProxyType(
        {
            "plain": (),
            "scalar": (SCALAR_LOWERINGS,),
            "dsp": (DSP_LOWERINGS, SCALAR_LOWERINGS),
            "mve": (MVE_LOWERINGS, DSP_LOWERINGS, SCALAR_LOWERINGS),
        }
    )
)

_SPECS: Mapping[str, OpSpec] = MappingProxyType({**REGISTRY, **MADE_BY_PASSES})

NOT_SUPPORTED = "The operator is not supported."
# Lowering enumerates the places that a kernel visits; and no microcontroller holds as much.
MOST_ELEMENTS = 2**24
TOO_LARGE = f"A tensor of the operator has more than {MOST_ELEMENTS} elements."
NO_FLOAT32 = (
    "On float32 the operator is not supported: quantize it too, or leave it to the program around the model."
)
ONLY_FLOAT32 = "The operator has only a float32 form, for the edges of the network."


def spec_of(graph: Graph, op: Op) -> OpSpec | None:
    """What is known about the operator in the types it has, None of one that is not supported."""
    if op.kind in FLOAT32 and edges.has_float32(graph, op):
        return FLOAT32[op.kind]
    return _SPECS.get(op.kind)


def broken_rule(graph: Graph, op: Op) -> str | None:
    """The sentence of the first rule that the operator breaks, or None."""
    spec, on_float32 = spec_of(graph, op), edges.has_float32(graph, op)
    if on_float32 and (spec is None or not {"float32", ANY} & set(element_types(spec))):
        return NO_FLOAT32
    if spec is None:
        return ONLY_FLOAT32 if op.kind in FLOAT32 else NOT_SUPPORTED
    if op.version > spec.max_version:
        return f"Version {op.version} of the operator is newer than the newest supported, {spec.max_version}."
    named = (graph.tensors.get(i) for i in (*op.inputs, *op.outputs) if i is not None)
    if any(tensor is not None and tensor.element_count > MOST_ELEMENTS for tensor in named):
        return TOO_LARGE
    return next((sentence(rule) for rule in spec.rules if not rule(graph, op)), None)


def check_ops(graph: Graph, origin: str) -> None:
    """Refuse a graph with operators that cannot be compiled.

    ``origin`` names the model in the message, usually its file name.

    Raises:
        ModelError: names every such operator, its place and tensor, and the first rule it breaks.
    """
    faults = [(op, sentence) for op in graph.ops if (sentence := broken_rule(graph, op))]
    if not faults:
        return
    lines = [f"{graph.label(op)}: {sentence}" for op, sentence in faults]
    count = "an operator" if len(faults) == 1 else f"{len(faults)} operators"
    message = f"`{origin}` has {count} that cannot be compiled.\n  " + "\n  ".join(lines)
    if any(spec_of(graph, op) is None for op, _ in faults):
        hint = f"supported operators: {', '.join(REGISTRY)}"
    else:
        hint = "change the layer, or convert the model again as full-integer int8"
    raise ModelError(message, hint)


def _known(graph: Graph, op: Op) -> OpSpec:
    """The spec of an operator that ``check_ops`` has accepted.

    Raises:
        ValueError: the operator was not checked before.
    """
    spec = spec_of(graph, op)
    if spec is None:
        raise ValueError(f"{op.kind} #{op.index} is not supported")
    return spec


def op_macs(graph: Graph, op: Op) -> int:
    """Multiply-accumulates of one run of the operator."""
    return _known(graph, op).macs(graph, op)


def lower(graph: Graph, op: Op, kernels: KernelSet = "plain") -> tuple[KernelCall, ...]:
    """The kernel calls, in sequence, of an operator that ``check_ops`` has accepted."""
    return choices(graph, op, kernels)[0]


def choices(graph: Graph, op: Op, kernels: KernelSet) -> tuple[tuple[KernelCall, ...], ...]:
    """The calls to choose from, from the least scratch memory to the fastest.

    An operator without a kernel in the set, or one outside that kernel's limits, has those of the set below
    (Helium, DSP extension, scalar), and its plain calls where that has none.
    """
    for lowerings in _LOWERINGS[kernels]:
        found = lowerings[op.kind](graph, op) if op.kind in lowerings else ()
        if found:
            return tuple((call,) for call in found)
    calls = _known(graph, op).lower(graph, op)
    return (calls if isinstance(calls, tuple) else (calls,),)
