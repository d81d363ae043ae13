"""What to try instead of an operator that cannot be compiled: sentences by operator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Networks of few operators have these in int8; the hints stay with what the supported ones can say.
REPLACEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "ELU": "RELU, LEAKY_RELU or HARD_SWISH",
        "CUMSUM": "a FULLY_CONNECTED with a triangular matrix of ones",
        "ERF": "GELU in its tanh form, or RELU",
        "DIV": "MUL by the reciprocal; by a constant it folds into the layer before",
        "FLOOR_DIV": "integer arithmetic outside the model",
        "FLOOR_MOD": "integer arithmetic outside the model",
        "SQRT": "RSQRT and MUL",
        "SQUARE": "MUL of the value with itself",
        "POW": "MUL of the value with itself",
        "LOG": "a scaling learned by the layer before",
        "SIN": "a table as input of the model",
        "COS": "a table as input of the model",
        "CONV_3D": "CONV_2D on slices with their sum",
        "TOPK_V2": "ARG_MAX, or sorting the scores after the model",
        "NON_MAX_SUPPRESSION_V4": "cut the model before it and select boxes in the program",
        "NON_MAX_SUPPRESSION_V5": "cut the model before it and select boxes in the program",
        "GATHER_ND": "GATHER or SLICE",
        "SCATTER_ND": "PAD or CONCATENATION with zeros",
        "WHERE": "SELECT_V2 with a condition of fixed size",
        "EMBEDDING_LOOKUP": "GATHER",
        "BIDIRECTIONAL_SEQUENCE_LSTM": "two UNIDIRECTIONAL_SEQUENCE_LSTM, one on reversed input",
        "UNIDIRECTIONAL_SEQUENCE_RNN": "UNIDIRECTIONAL_SEQUENCE_LSTM or an unrolled cell",
        "WHILE": "unroll the loop when the model is exported (Keras: `unroll=True`)",
        "IF": "both branches and SELECT_V2",
        "CUSTOM": "layers that TFLite has built in; cut pre- and postprocessing off the model",
        "LOCAL_RESPONSE_NORMALIZATION": "batch normalisation, which folds into convolutions",
        "REDUCE_PROD": "a sum of logarithms learned by the layers before",
        "ROUND": "leave it out: int8 values are rounded anyway",
        "FLOOR": "leave it out: int8 values are rounded anyway",
        "CEIL": "leave it out: int8 values are rounded anyway",
        "DYNAMIC_UPDATE_SLICE": "a variable that is assigned whole",
    }
)
IN_FLOAT = "an operator that TFLite quantizes; it keeps its neighbours in float, too"


def replacement(kind: str, *, is_float: bool) -> str | None:
    """What to try instead of the operator, None where nothing general is known."""
    found = REPLACEMENTS.get(kind)
    return IN_FLOAT if found is None and is_float else found
