"""Refuse a model in which anything is left in floating point but functions that become tables."""

from __future__ import annotations

import math
from pathlib import Path

from edgeflow.errors import ModelError
from edgeflow.preprocess.declaration import Declaration
from edgeflow.quantize.flatbuffer import ModelFacts, read_facts

FLOAT_DTYPES = frozenset({"FLOAT16", "BFLOAT16", "FLOAT32", "FLOAT64", "COMPLEX64", "COMPLEX128"})
# Functions of one element that code generation puts, from DEQUANTIZE to QUANTIZE, into tables.
FLOAT_FUNCTIONS = frozenset(
    {
        "ABS",
        "ADD",
        "COS",
        "DIV",
        "ELU",
        "EXP",
        "FLOOR",
        "LOG",
        "MAXIMUM",
        "MINIMUM",
        "MUL",
        "NEG",
        "POW",
        "RELU",
        "RELU6",
        "RELU_0_TO_1",
        "RELU_N1_TO_1",
        "ROUND",
        "SIGN",
        "SIN",
        "SQRT",
        "SQUARE",
        "SUB",
    }
)
_TO_TABLES = FLOAT_FUNCTIONS | {"DEQUANTIZE", "QUANTIZE"}
# Of the input's scale, which a model holds as float32.
SCALE_TOLERANCE = 1e-6
# So many names make a message clear; the rest is counted.
NAMES_SHOWN = 5


def require_no_loops(path: Path) -> None:
    """Raise ModelError for a float model with a loop or a branch: TensorFlow's calibrator crashes on it."""
    facts = read_facts(path)
    for op in facts.operators:
        if op.kind in {"WHILE", "IF"}:
            name = facts.tensor(op.subgraph, op.outputs[0]).name if op.outputs else "no output"
            raise ModelError(
                f"the model has a {_CONTROL[op.kind]} ({op.kind} `{name}`), which cannot become int8",
                "of recurrent layers: use Conv1D, or give an int8 .tflite whose LSTM is one operator",
            )


_CONTROL = {"WHILE": "loop", "IF": "branch"}


def audit_int8(path: Path) -> ModelFacts:
    """The facts of a full-integer model with int8 inputs and outputs.

    Float functions between int8 tensors pass, as code generation makes tables of them, or refuses them.
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


def tables_to_be(facts: ModelFacts) -> list[str]:
    """The kinds of operators on float32, but for the conversions around them, of a model that passed."""
    floats = {(t.subgraph, t.index) for t in facts.tensors if t.dtype in FLOAT_DTYPES}
    kinds = {op.kind for op in facts.operators if any((op.subgraph, i) in floats for i in op.outputs)}
    return sorted(kinds - {"DEQUANTIZE"})


def _float_findings(facts: ModelFacts) -> list[str]:
    kept = {(0, index) for index in facts.inputs + facts.outputs}
    kept |= {(op.subgraph, i) for op in facts.operators if op.kind not in _TO_TABLES for i in op.tensors}
    floats = {
        (t.subgraph, t.index): t
        for t in facts.tensors
        if t.dtype in FLOAT_DTYPES and (t.subgraph, t.index) in kept
    }
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


def check_picture_input(facts: ModelFacts, spec: Declaration) -> None:
    """Raises ModelError unless the input's scale and zero point suit exactly the values of all pixels.

    Of the usual values (p - 128) / 128 they are 1/128 and 0, so that a pixel enters the model as p - 128.
    """
    tensor = facts.tensor(0, facts.inputs[0])
    scale, zero_point = expected_input(spec)
    fits = len(tensor.scales) == 1 and len(tensor.zero_points) == 1
    if not (
        fits
        and math.isclose(tensor.scales[0], scale, rel_tol=SCALE_TOLERANCE)
        and abs(tensor.zero_points[0] - zero_point) < 0.5 + SCALE_TOLERANCE * 256
    ):
        raise ModelError(
            f"the input's scale is {tensor.scales} and its zero point {tensor.zero_points}; "
            f"pixels need {scale} and {round(zero_point)}"
        )


def expected_input(spec: Declaration) -> tuple[float, float]:
    """Scale and unrounded zero point of an int8 input whose range is the values of all pixels and 0."""
    channels = zip(spec.scale, spec.offset, strict=True)
    ends = [level * scale + offset for scale, offset in channels for level in (0, 255)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    scale = (high - low) / 255
    return scale, -128 - low / scale
