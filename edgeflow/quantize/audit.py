"""Refuse a model in which anything is left in floating point."""

from __future__ import annotations

from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.quantize.flatbuffer import ModelFacts, read_facts

FLOAT_DTYPES = frozenset({"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64", "COMPLEX64", "COMPLEX128"})
INPUT_SCALE = 1 / 128
INPUT_ZERO_POINT = 0
# So many names make a message clear; the rest is counted.
NAMES_SHOWN = 5


def audit_int8(path: Path) -> ModelFacts:
    """The facts of a full-integer model with int8 inputs and outputs.

    Raises ModelError that names every float operator and tensor (the first five of each), and one
    that names an input or output of another type than int8.
    """
    facts = read_facts(path)
    found = _float_findings(facts)
    if found:
        raise ModelError(
            f"`{path.name}` is not full-integer: {'; '.join(found)}",
            "an operator without an int8 kernel keeps its neighbours in float: replace it in the network",
        )
    for index in facts.inputs + facts.outputs:
        tensor = facts.tensor(0, index)
        if tensor.dtype != "INT8":
            raise ModelError(f"`{tensor.name}` of `{path.name}` is {tensor.dtype.lower()}, not int8")
    return facts


def _float_findings(facts: ModelFacts) -> list[str]:
    floats = {(t.subgraph, t.index): t for t in facts.tensors if t.dtype in FLOAT_DTYPES}
    operators = [
        f"{operator.kind} (operator {operator.index})"
        for operator in facts.operators
        if any((operator.subgraph, index) in floats for index in operator.tensors)
    ]
    tensors = [f"`{tensor.name}` ({tensor.dtype.lower()})" for tensor in floats.values()]
    return _listed("float operators", operators) + _listed("float tensors", tensors)


def _listed(title: str, names: list[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return [f"{title}: {', '.join(names[:NAMES_SHOWN])}{more}"]


def check_picture_input(facts: ModelFacts) -> None:
    """Raises ModelError unless a pixel ``p`` enters the model as ``p - 128``."""
    tensor = facts.tensor(0, facts.inputs[0])
    if tensor.scales != (INPUT_SCALE,) or tensor.zero_points != (INPUT_ZERO_POINT,):
        raise ModelError(
            f"the input's scale is {tensor.scales} and its zero point {tensor.zero_points}; "
            f"pixels need {INPUT_SCALE} and {INPUT_ZERO_POINT}"
        )
