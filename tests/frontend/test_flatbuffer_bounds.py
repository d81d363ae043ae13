"""Damaged bytes: every prefix, seeded mutations, and files that would make a reader read for ever."""

import random
import struct
import time

import flatbuffers
import numpy as np
import pytest
import tflite
from flat_models import Table, build, conv_model, ints, operator, operator_code, quantization, tensor

from edgeflow.errors import ModelError
from edgeflow.frontend.tflite import parse_model
from edgeflow.ir.text import format_graph
from edgeflow.ir.verify import first_fault
from edgeflow.passes.run import run_passes

GOOD = build(conv_model())
EXTREMES = [0, 1, 2, 4, 127, 128, 255, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 0x7FC00000, 0x7F800000]


def outcome(data):
    """`graph` or `refused`; any other exception fails the test."""
    try:
        graph = run_passes(parse_model(data, "m.tflite"))
    except ModelError:
        return "refused"
    assert first_fault(graph) is None
    return "graph"


def test_every_truncation_is_refused_or_whole():
    for length in range(len(GOOD)):
        assert outcome(GOOD[:length]) == "refused"
    assert outcome(GOOD + b"zip of labels") == "graph"


@pytest.mark.parametrize("data", [b"", b"TFL3", b"\0" * 8, b"\0" * 4 + b"TFL3", b"PK\x03\x04" + b"x" * 64])
def test_bytes_that_are_no_model(data):
    assert outcome(data) == "refused"


def test_another_identifier_is_refused():
    with pytest.raises(ModelError, match="lacks the mark `TFL3`"):
        parse_model(build(conv_model(), b"TFL2"), "m.tflite")


@pytest.mark.parametrize("size", [0, 2, 3, 5, 65535])
def test_a_field_list_of_an_impossible_size(size):
    root = struct.unpack_from("<I", GOOD)[0]
    fields = root - struct.unpack_from("<i", GOOD, root)[0]
    data = GOOD[:fields] + struct.pack("<H", size) + GOOD[fields + 2 :]
    with pytest.raises(ModelError, match=r"the field list of the model has|lies outside its"):
        parse_model(data, "m.tflite")


def mutated(seed):
    generator = random.Random(seed)  # noqa: S311  mutations, not secrets
    data = bytearray(GOOD)
    for _ in range(generator.choice((1, 1, 2, 8))):
        position = generator.randrange(len(data) - 4)
        if generator.random() < 0.5:
            data[position] ^= 1 << generator.randrange(8)
        else:
            data[position : position + 4] = struct.pack("<I", generator.choice(EXTREMES))
    return bytes(data)


def test_mutations_give_a_legal_graph_or_a_sentence():
    start = time.perf_counter()
    found = [outcome(mutated(seed)) for seed in range(1500)]
    assert min(found.count("graph"), found.count("refused")) > 200  # both ends are exercised
    assert time.perf_counter() - start < 20


def test_each_word_set_to_each_extreme():
    for position in range(0, len(GOOD) - 3, 4):
        for value in EXTREMES:
            outcome(GOOD[:position] + struct.pack("<I", value) + GOOD[position + 4 :])


def timed_refusal(data):
    start = time.perf_counter()
    with pytest.raises(ModelError) as caught:
        parse_model(data, "m.tflite")
    assert time.perf_counter() - start < 10
    return caught.value.message


def table(builder, name, **fields):
    getattr(tflite, f"{name}Start")(builder)
    for field, value in fields.items():
        getattr(tflite, f"{name}Add{field}")(builder, value)
    return getattr(tflite, f"{name}End")(builder)


def offsets(builder, tables):
    builder.StartVector(4, len(tables), 4)
    for item in tables:
        builder.PrependUOffsetTRelative(item)
    return builder.EndVector()


def finished(builder, tensors, operators):
    """A model of those tables; the first tensor is input and output."""
    ends = builder.CreateNumpyVector(ints([0]))
    lists = {"Tensors": offsets(builder, tensors), "Operators": offsets(builder, operators)}
    subgraphs = offsets(builder, [table(builder, "SubGraph", Inputs=ends, Outputs=ends, **lists)])
    codes = offsets(builder, [table(builder, "OperatorCode")])
    buffers = offsets(builder, [table(builder, "Buffer")])
    root = table(builder, "Model", OperatorCodes=codes, Subgraphs=subgraphs, Buffers=buffers)
    builder.Finish(root, b"TFL3")
    return bytes(builder.Output())


def test_a_shared_quantization_cannot_multiply_memory():
    """2000 tensors name one list of 20 000 scales: 40 million numbers from a file of 300 kB."""
    builder, count, channels = flatbuffers.Builder(1024), 2000, 20_000
    scales = builder.CreateNumpyVector(np.ones(channels, np.float32))
    zero_points = builder.CreateNumpyVector(np.zeros(channels, np.int64))
    shared = table(builder, "QuantizationParameters", Scale=scales, ZeroPoint=zero_points)
    shape = builder.CreateNumpyVector(ints([channels]))
    tensors = [
        table(builder, "Tensor", Shape=shape, Type=tflite.TensorType.INT8, Quantization=shared)
        for _ in range(count)
    ]
    inputs = builder.CreateNumpyVector(ints(range(1, count)))
    add = table(builder, "Operator", Inputs=inputs, Outputs=builder.CreateNumpyVector(ints([0])))
    message = timed_refusal(finished(builder, tensors, [add]))
    assert "its parts overlap or are too many" in message


def test_many_operators_of_one_table():
    """50 000 places in the list of operators name one ADD of 1000 inputs."""
    builder = flatbuffers.Builder(1024)
    inputs = builder.CreateNumpyVector(ints([0] * 1000))
    add = table(builder, "Operator", Inputs=inputs, Outputs=builder.CreateNumpyVector(ints([1])))
    message = timed_refusal(finished(builder, [table(builder, "Tensor")], [add] * 50_000))
    assert "its parts overlap or are too many" in message


def test_a_chain_of_packs_cannot_double_for_ever():
    """Folding forty PACKs of a constant with itself would make 2**40 elements."""
    depth = 40
    root = conv_model()
    graph = root["Subgraphs"][0]
    root["OperatorCodes"][1] = operator_code("PACK")
    options = Table("PackOptions", ValuesCount=2, Axis=0)
    graph["Tensors"] = graph["Tensors"][:4]
    graph["Tensors"] += [tensor(f"p{i}", [1], quant=quantization([0.5])) for i in range(depth)]
    source = [1, *range(4, 4 + depth)]
    graph["Operators"] = [graph["Operators"][0]]
    graph["Operators"] += [operator(1, [source[i]] * 2, [source[i + 1]], options) for i in range(depth)]
    graph["Outputs"] = ints([3, source[-1]])
    folded = run_passes(parse_model(build(root), "m.tflite"))
    assert 30 < len([op for op in folded.ops if op.kind == "PACK"]) < depth
    assert len(format_graph(folded)) < 20_000
