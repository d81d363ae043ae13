"""Forms of a model that edgeflow refuses as a whole: subgraphs, state, float and hybrid arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from edgeflow.errors import ModelError
from edgeflow.frontend.flatbuffer import Table
from edgeflow.frontend.schema import ModelField, SubGraphField
from edgeflow.frontend.tensors import MAX_NAMED, listed
from edgeflow.ir.graph import Graph, Op

STATE_KINDS = frozenset({"ASSIGN_VARIABLE", "CALL_ONCE", "READ_VARIABLE", "VAR_HANDLE"})
STATE_HINT = "export the model without variables, its state as an input and an output"
INTEGER_DTYPES = frozenset({"int8", "uint8", "int16"})
WEIGHT_POSITION = 1  # of convolutions and FULLY_CONNECTED


def refuse_subgraphs(model: Table, kinds: Sequence[str]) -> None:
    """Refuse a model of more than one subgraph; ``kinds`` are its operators' kinds.

    Raises:
        ModelError: names the subgraphs and the operators that keep state.
    """
    count = model.count(ModelField.SUBGRAPHS)
    if count <= 1:
        return
    names = []
    for index in range(min(count, MAX_NAMED)):
        subgraph = model.element(ModelField.SUBGRAPHS, index, f"subgraph {index}")
        name = subgraph.text(SubGraphField.NAME) if subgraph else ""
        names.append(name or f"subgraph {index}")
    more = "" if count <= MAX_NAMED else f" and {count - MAX_NAMED} more"
    state = sorted(STATE_KINDS & set(kinds))
    because = f", and keeps state with {listed(state)}" if state else ""
    raise ModelError(
        f"`{model.file.origin}` has {count} subgraphs ({listed(names)}{more}){because}; "
        "models of one subgraph without state are supported.",
        STATE_HINT if state else "export the model without conditions, loops and calls",
    )


def refuse_state(ops: Sequence[Op], origin: str) -> None:
    """Refuse variables.

    Raises:
        ModelError: names the operators.
    """
    kinds = sorted({op.kind for op in ops} & STATE_KINDS)
    if kinds:
        message = f"`{origin}` keeps state between calls with {listed(kinds)}, which is not supported."
        raise ModelError(message, STATE_HINT)


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
