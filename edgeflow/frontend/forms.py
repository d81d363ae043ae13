"""Forms of a model that edgeflow refuses as a whole: conditions and loops, float and hybrid arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from edgeflow.errors import ModelError
from edgeflow.flatbuffer import Table
from edgeflow.frontend.schema import ModelField, SubGraphField
from edgeflow.frontend.tensors import MAX_NAMED, listed
from edgeflow.ir.graph import Graph, Op

CALLING_KINDS = frozenset({"CALL", "IF", "REDUCE_WINDOW", "WHILE", "STABLEHLO_COMPOSITE", "STABLEHLO_WHILE"})
STATE_HINT = "export the model without variables, its state as an input and an output"
INTEGER_DTYPES = frozenset({"int8", "uint8", "int16"})
WEIGHT_POSITION = 1  # of convolutions and FULLY_CONNECTED


def refuse_subgraphs(model: Table, kinds: Sequence[str], called: Collection[int]) -> None:
    """Refuse a model of more subgraphs than the first and those that only set variables.

    Args:
        model: the root of the file.
        kinds: kinds of all its operators.
        called: numbers of the subgraphs that CALL_ONCE runs.

    Raises:
        ModelError: names the subgraphs and the operators that may call them.
    """
    count = model.count(ModelField.SUBGRAPHS)
    if all(index in called for index in range(1, count)):
        return
    names = []
    for index in range(min(count, MAX_NAMED)):
        subgraph = model.element(ModelField.SUBGRAPHS, index, f"subgraph {index}")
        name = subgraph.text(SubGraphField.NAME) if subgraph else ""
        names.append(name or f"subgraph {index}")
    more = "" if count <= MAX_NAMED else f" and {count - MAX_NAMED} more"
    callers = sorted(CALLING_KINDS & set(kinds))
    because = f", and calls some with {listed(callers)}" if callers else ""
    raise ModelError(
        f"`{model.file.origin}` has {count} subgraphs ({listed(names)}{more}){because}; models of one"
        " subgraph, and others that give variables their first values, are supported.",
        "export the model without conditions, loops and calls",
    )


def refuse_calls(ops: Sequence[Op], origin: str) -> None:
    """Refuse a signature outside the first subgraph whose variables another subgraph sets.

    Raises:
        ModelError: names the operator.
    """
    for op in ops:
        if op.kind == "CALL_ONCE":
            message = f"`{origin}` sets variables with CALL_ONCE #{op.index} for a signature other than"
            raise ModelError(f"{message} that of its first subgraph, which is not supported.", STATE_HINT)


def refuse_float(graph: Graph, origin: str) -> None:
    """Refuse models of float and of hybrid arithmetic.

    Float32 at the edges of an int8 model, between its inputs or outputs and QUANTIZE or DEQUANTIZE,
    is legal; any other operator on float32 is refused by its own rules.

    Raises:
        ModelError: names the form and, for hybrid models, the first such operator.
    """
    hybrid = next((op for op in graph.ops if _is_hybrid(graph, op)), None)
    if hybrid is not None:
        raise ModelError(
            f"`{origin}` is a hybrid model: {graph.label(hybrid)} has int8 weights and float32 activations.",
            "quantize its activations too: convert with a representative data set, int8 in and int8 out",
        )
    dtypes = {tensor.dtype for tensor in graph.tensors.values()}
    if "float32" in dtypes and not dtypes & INTEGER_DTYPES:
        raise ModelError(f"`{origin}` is a float32 model.", "quantize it to int8 first")


def _is_hybrid(graph: Graph, op: Op) -> bool:
    """Float activations meet integer constants in one operator."""
    data, weights = graph.optional_tensor(op, 0), graph.optional_tensor(op, WEIGHT_POSITION)
    if data is None or weights is None:
        return False
    return data.dtype == "float32" and weights.dtype in INTEGER_DTYPES and weights.is_constant
