"""Tensors inside an operator: nothing is ever stored in them, but their quantization counts."""

from __future__ import annotations

from dataclasses import replace

from edgeflow.flatbuffer import Table
from edgeflow.frontend.schema import OperatorField, SubGraphField
from edgeflow.frontend.tensors import read_dtype, read_quant
from edgeflow.ir.graph import Op

# Place of the hidden state among an LSTM's intermediates.
HIDDEN_STATE = 4


def with_intermediates(subgraph: Table, table: Table, op: Op) -> Op:
    """An LSTM with its hidden state's quantization as ``hidden_scale`` and ``hidden_zero_point``.

    Raises:
        ModelError: the operator names a tensor that does not exist or has no legal quantization.
    """
    if op.kind != "UNIDIRECTIONAL_SEQUENCE_LSTM":
        return op
    ids = table.integers(OperatorField.INTERMEDIATES, "i") or ()
    if len(ids) <= HIDDEN_STATE:
        return op
    tensor = subgraph.element(SubGraphField.TENSORS, ids[HIDDEN_STATE], "the hidden state")
    if tensor is None:
        count = subgraph.count(SubGraphField.TENSORS)
        raise table.file.corrupt(f"{table.what} names tensor {ids[HIDDEN_STATE]} of {count}")
    what = f"tensor {ids[HIDDEN_STATE]}"
    quant = read_quant(tensor, (), read_dtype(tensor, what), what)
    if quant is None or len(quant.scales) != 1:
        return op
    scale = {"hidden_scale": quant.scale, "hidden_zero_point": quant.zero_point}
    return replace(op, attrs={**op.attrs, **scale})
