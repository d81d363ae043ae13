"""Real and generated models: the graph equals what the generated reader of the schema finds."""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import tflite

from edgeflow.errors import ModelError
from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import check_ops
from edgeflow.passes.fold_constants import fold_constants
from edgeflow.passes.infer_shapes import infer_shapes
from edgeflow.passes.remove_dead import remove_dead
from edgeflow.passes.run import run_passes

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
REJECTED = {
    "reject_float_mnist": "is a float32 model",
    "reject_hybrid_toycar": "is a hybrid model: FULLY_CONNECTED #0",
    "reject_custom_signal_ops": "custom operators, which are not supported: `SignalEnergy`",
    "malformed_truncated": "lies outside its 900 bytes",
    "malformed_not_a_flatbuffer": "is not a TFLite model",
    "malformed_bitflips": "is corrupt",
    "cumsum": "CUMSUM #1",  # this and the rest parse and are refused by an operator's rules
    "div": "DIV #",
}
# The set sorted them out for want of a trusted golden; tests/ops compare the convolution with the reference,
# tests/passes the functions between DEQUANTIZE and QUANTIZE, which become tables.
ACCEPTED = {"conv_i16x8", "elu", "neg"}
# A FULLY_CONNECTED and a FILL of constants; the index folds what edgeflow leaves to the operators.
FOLDED_FURTHER = {"armkws_lstm_s_unrolled_floatio": Counter({"FILL": 1, "FULLY_CONNECTED": 1})}


def entries():
    if not (MODELS / "index.json").is_file():
        return [pytest.param(None, marks=pytest.mark.skip(reason="../shared/models is not here"))]
    found = json.loads((MODELS / "index.json").read_text())["models"]
    return [pytest.param(entry, id=entry["name"]) for entry in found]


@pytest.mark.parametrize("entry", entries())
def test_model(entry):
    path = MODELS / entry["file"]
    sentence = REJECTED.get(entry["name"])
    if sentence:
        with pytest.raises(ModelError) as caught:
            check_ops(run_passes(read_model(path)), path.name)
        assert sentence in caught.value.message
        assert f"`{path.name}`" in caught.value.message
        assert caught.value.hint
        return
    assert entry["tier"] != "reject" or entry["name"] in ACCEPTED
    graph = read_model(path)
    compare_with_generated_reader(graph, path.read_bytes())
    if entry["tier"] != "tap":  # of taps the index lists what was cut away, too
        assert Counter(op.kind for op in graph.ops) == without_handles(entry["ops"])
        left = Counter(op.kind for op in remove_dead(fold_constants(infer_shapes(graph))).ops)
        assert left - FOLDED_FURTHER.get(entry["name"], Counter()) == without_handles(
            entry["ops_after_folding"]
        )


def without_handles(counts):
    """What is left of variables; the index counts the operators of all subgraphs."""
    left = {kind: count for kind, count in counts.items() if kind not in {"CALL_ONCE", "VAR_HANDLE"}}
    if "CALL_ONCE" in counts:
        left["ASSIGN_VARIABLE"] = left["READ_VARIABLE"]  # each is assigned once in either subgraph
    return left


def compare_with_generated_reader(graph, data):
    model = tflite.Model.GetRootAs(data, 0)
    oracle = model.Subgraphs(0)
    assert graph.inputs == tuple(oracle.InputsAsNumpy())
    assert graph.outputs == tuple(oracle.OutputsAsNumpy())
    gone = sum(kind_of(model, oracle.Operators(i)) in HANDLING for i in range(oracle.OperatorsLength()))
    assert len(graph.ops) == oracle.OperatorsLength() - gone
    for tensor in graph.tensors.values():
        if tensor.id >= 0:  # no variable behind a handle
            compare_tensor(tensor, model, oracle.Tensors(tensor.id))
    for op in graph.ops:
        if op.kind not in {"READ_VARIABLE", "ASSIGN_VARIABLE"}:
            compare_operator(op, oracle.Operators(op.index))


HANDLING = {tflite.BuiltinOperator.CALL_ONCE, tflite.BuiltinOperator.VAR_HANDLE}


def kind_of(model, operator):
    return model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode()


def compare_tensor(tensor, model, oracle):
    assert tensor.name == (oracle.Name().decode() if oracle.Name() else f"tensor{tensor.id}")
    assert tensor.shape == tuple(oracle.Shape(i) for i in range(oracle.ShapeLength()))
    assert tensor.dtype.upper() == next(k for k, v in vars(tflite.TensorType).items() if v == oracle.Type())
    buffer = model.Buffers(oracle.Buffer())
    if tensor.data is None:
        assert buffer.DataLength() == 0
    else:
        assert tensor.data.tobytes() == buffer.DataAsNumpy().tobytes()
    if tensor.quant is not None:
        assert np.array_equal(np.float32(tensor.quant.scales), oracle.Quantization().ScaleAsNumpy())
        assert np.array_equal(tensor.quant.zero_points, oracle.Quantization().ZeroPointAsNumpy())
    elif tensor.dtype in {"int8", "uint8"} and oracle.Quantization() is not None:
        assert oracle.Quantization().ScaleLength() == 0


def compare_operator(op, oracle):
    absent = [-1 if i is None else i for i in op.inputs]
    assert absent == [oracle.Inputs(i) for i in range(oracle.InputsLength())]
    assert list(op.outputs) == [oracle.Outputs(i) for i in range(oracle.OutputsLength())]
    numbers = {"padding", "fused_activation_function", "weights_format", "new_shape", "out_type"}
    numbers |= {"hidden_scale", "hidden_zero_point"}  # of an intermediate tensor
    if op.attrs and oracle.BuiltinOptions() is not None:
        number = oracle.BuiltinOptionsType()
        table = next(k for k, v in vars(tflite.BuiltinOptions).items() if v == number)
        options = getattr(tflite, table)()
        options.Init(oracle.BuiltinOptions().Bytes, oracle.BuiltinOptions().Pos)
        for name in set(op.attrs) - numbers:
            field = re.sub(r"(?:^|_)(\w)", lambda match: match[1].upper(), name)
            assert op.attrs[name] == getattr(options, field)()
