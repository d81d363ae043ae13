"""The generated C compiled strictly and run: arguments, edges of the graph, names, determinism."""

import ctypes
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from c_build import COMPILERS, GXX, WARNINGS, Library, aligned, compile_strictly, run_tool, sources
from probe_model import (
    BIAS,
    activation,
    compiled,
    copy,
    probe,
    probe_values,
    two_probes,
    weights,
    write_c,
)

from edgeflow.codegen.model_c import model_c
from edgeflow.codegen.model_h import model_h
from edgeflow.codegen.network import network_json
from edgeflow.errors import InternalError, ModelError
from edgeflow.ir.graph import Graph, Op
from edgeflow.ops.spec import ConstArray, KernelCall, TensorArg

VALUES = np.array([-128, -5, 0, 1, 2, 90, 120, 127], dtype=np.int8)
HOSTILE = {"input": 'int8 */ }; #error "name"\n??/', "reshaped": "Sensör/* \\"}


def library(tmp_path, graph, calls, name="digits"):
    program = compiled(graph, calls, name)
    return Library(write_c(program, tmp_path), network_json(program), program.plan.arena_bytes)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("trace", ["", "-DEF_TRACE_ENABLED"])
def test_compiles_without_a_warning(compiler, trace, tmp_path):
    if COMPILERS[compiler][0] is None:
        pytest.skip(f"{compiler} is not installed")
    write_c(compiled(*two_probes(**HOSTILE), name="int 9"), tmp_path)
    compile_strictly(tmp_path, compiler, *filter(None, [trace]))


@pytest.mark.skipif(GXX is None, reason="g++ is not installed")
@pytest.mark.parametrize("standard", ["c++98", "c++20"])
def test_header_is_valid_cpp(standard, tmp_path):
    write_c(compiled(*two_probes(**HOSTILE)), tmp_path)
    (tmp_path / "use.cpp").write_text(
        '#include "model.h"\n#include "model.h"\n'
        "static unsigned char arena[DIGITS_ARENA_BYTES];\n"
        "static const int shape[] = DIGITS_INPUT0_SHAPE;\n"
        "int use(); int use() { return digits_invoke(arena) + shape[0] - DIGITS_INPUT0_ZERO_POINT; }\n"
    )
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    run_tool([GXX, f"-std={standard}", *flags, "-c", "use.cpp", "-o", "use.o"], tmp_path)


def test_every_kind_of_argument_arrives(tmp_path):
    network = library(tmp_path, *two_probes())
    middle = probe_values(VALUES)
    expected = probe_values(middle, first=20, bias=False, offset=-100)
    (output,) = network.invoke(VALUES)
    assert output.shape == (2, 4)
    assert output.tobytes() == expected.tobytes()
    assert network.traced == {2: middle.tobytes(), 3: middle.tobytes(), 5: expected.tobytes()}


def test_extreme_constants_arrive(tmp_path):
    """INT32_MIN and INT32_MAX in a bias, -128 in weights, through a kernel that copies them out."""
    ops = (Op(0, "ADD", 1, (0, 1), (2,)),)
    graph = Graph({0: activation(0), 1: weights(1, -128), 2: activation(2)}, ops, (0,), (2,))
    program = compiled(graph, {0: probe(ops[0], table=np.array([-(2**15), 2**15 - 1], dtype=np.int16))})
    text = model_c(program)
    assert "-32768, 32767" in text
    bias = replace(
        probe(ops[0]), args=(*probe(ops[0]).args[:2], ConstArray("bias", BIAS), *probe(ops[0]).args[3:])
    )
    write_c(compiled(graph, {0: bias}), tmp_path)
    words = " ".join((tmp_path / "model.c").read_text().split())
    assert "(-2147483647 - 1), 2147483647, 0, 1, -1, 7, 8, 9" in words
    compile_strictly(tmp_path, "zig")


def test_equal_arrays_are_emitted_once():
    text = model_c(compiled(*two_probes()))
    assert len(re.findall(r"^static const int16_t digits_table_", text, re.MULTILINE)) == 1
    assert text.count("digits_table_op00") == 3


def test_arrays_of_equal_bytes_but_other_type_stay_apart():
    ops = (Op(0, "ADD", 1, (0, 1), (2,)),)
    graph = Graph({0: activation(0), 1: weights(1), 2: activation(2)}, ops, (0,), (2,))
    call = probe(ops[0], table=weights(1).data.view(np.int16))
    names = [(array.name, array.c_type) for array in compiled(graph, {0: call}).arrays]
    assert ("digits_weights_op00", "int8_t") in names
    assert ("digits_table_op00", "int16_t") in names


def copies(*edges, inputs, outputs, kinds=None):
    """A graph of kernels that copy 8 bytes along each edge."""
    ids = {i for edge in edges for i in edge} | {*inputs, *outputs}
    ops = tuple(Op(i, (kinds or {}).get(i, "QUANTIZE"), 1, (a,), (b,)) for i, (a, b) in enumerate(edges))
    graph = Graph({i: activation(i) for i in sorted(ids)}, ops, inputs, outputs)
    return graph, {op.index: copy(op) for op in ops}


OTHER = VALUES[::-1].copy()
# name: (graph, inputs, expected outputs)
EDGES = {
    "one operator": (copies((0, 1), inputs=(0,), outputs=(1,)), [VALUES], [VALUES]),
    "only a reshape": (
        copies((0, 1), inputs=(0,), outputs=(1,), kinds={0: "RESHAPE"}),
        [VALUES],
        [VALUES],
    ),
    "no operator": (copies(inputs=(0,), outputs=(0,)), [VALUES], [VALUES]),
    "an output that is an input too": (
        copies((0, 1), (1, 2), (2, 3), inputs=(0,), outputs=(3, 0)),
        [VALUES],
        [VALUES, VALUES],
    ),
    "an output given twice": (
        copies((0, 1), (1, 2), inputs=(0,), outputs=(1, 2, 1)),
        [VALUES],
        [VALUES, VALUES, VALUES],
    ),
    "two inputs, crossed outputs": (
        copies((0, 2), (1, 3), (2, 4), (3, 5), inputs=(0, 1), outputs=(5, 4)),
        [VALUES, OTHER],
        [OTHER, VALUES],
    ),
    "an input nobody reads": (copies((1, 2), inputs=(0, 1), outputs=(2,)), [VALUES, OTHER], [OTHER]),
    "reshape of an input that is read later": (
        copies((0, 1), (1, 2), (0, 3), (2, 4), inputs=(0,), outputs=(3, 4), kinds={0: "RESHAPE"}),
        [VALUES],
        [VALUES, VALUES],
    ),
    "a chain of reshapes at the end": (
        copies((0, 1), (1, 2), (2, 3), inputs=(0,), outputs=(3,), kinds={1: "RESHAPE", 2: "RESHAPE"}),
        [VALUES],
        [VALUES],
    ),
    "a value nobody reads": (copies((0, 1), (0, 2), inputs=(0,), outputs=(2,)), [VALUES], [VALUES]),
}


@pytest.mark.parametrize("case", EDGES)
def test_edges_of_the_graph(case, tmp_path):
    (graph, calls), inputs, expected = EDGES[case]
    network = library(tmp_path, graph, calls)
    for _ in range(2):
        outputs = network.invoke(*inputs)
        assert [o.tobytes() for o in outputs] == [e.tobytes() for e in expected]
    assert set(network.traced) == {i for op in graph.ops for i in op.outputs}


def test_an_operator_of_two_calls_and_two_outputs(tmp_path):
    """Both calls stand in one function, share the larger scratch, and both outputs are traced."""
    both = Op(0, "SPLIT", 1, (0, 1), (2, 3))
    tensors = {0: activation(0), 1: weights(1), 2: activation(2), 3: activation(3)}
    graph = Graph(tensors, (both,), (0,), (3, 2))
    second = replace(probe(both, bias=False), args=(*probe(both, bias=False).args[:-1], TensorArg(3)))
    calls = {0: (replace(probe(both), scratch_bytes=16), second)}
    program = compiled(graph, calls)
    network = Library(write_c(program, tmp_path), network_json(program), program.plan.arena_bytes)
    assert program.plan.arena_bytes == 3 * 8 + 32
    expected = [probe_values(VALUES, bias=False), probe_values(VALUES)]
    assert [o.tobytes() for o in network.invoke(VALUES)] == [e.tobytes() for e in expected]
    assert set(network.traced) == {2, 3}
    [operator] = network_json(program)["operators"]
    assert operator["kernel"] == "ef_probe_int8"
    assert operator["outputs"] == [2, 3]
    for compiler in ("zig", "zig for Cortex-M"):
        compile_strictly(tmp_path, compiler)


def test_reshape_in_place_has_no_function_but_a_trace():
    text = model_c(compiled(*two_probes()))
    assert "digits_op01" not in text
    assert "RESHAPE #1 (`reshaped`) is in place" in text
    assert "EF_TRACE(3, " in text


def test_reshape_to_another_place_is_called(tmp_path):
    """A plan may give both ends places of their own; then the bytes have to move."""
    graph, calls = two_probes()
    program = compiled(graph, calls, alias_ops=())
    offsets = program.plan.tensor_offsets()
    assert offsets[2] != offsets[3]
    assert [step.function for step in program.steps][1] == "digits_op01_reshape"
    network = Library(write_c(program, tmp_path), network_json(program), program.plan.arena_bytes)
    expected = probe_values(probe_values(VALUES), first=20, bias=False, offset=-100)
    assert network.invoke(VALUES)[0].tobytes() == expected.tobytes()


def test_reshape_of_a_constant_is_called(tmp_path):
    ops = (Op(0, "RESHAPE", 1, (1,), (2,)), Op(1, "ADD", 1, (0, 1), (3,)))
    graph = Graph({0: activation(0), 1: weights(1), 2: activation(2), 3: activation(3)}, ops, (0,), (2, 3))
    call = KernelCall("ef_copy", "ef_copy.h", (TensorArg(1, "weights"), TensorArg(2)))
    network = library(tmp_path, graph, {0: call, 1: probe(ops[1])})
    constant, total = network.invoke(VALUES)
    assert constant.tobytes() == weights(1).data.tobytes()
    assert total.tobytes() == probe_values(VALUES).tobytes()


def test_scalars(tmp_path):
    """A tensor without dimensions has one element, and a shape that C can write."""
    tensors = {0: activation(0, ()), 1: activation(1, ())}
    graph = Graph(tensors, (Op(0, "RESHAPE", 1, (0,), (1,)),), (0,), (1,))
    network = library(tmp_path, graph, {0: copy(graph.ops[0])})
    (output,) = network.invoke(np.array(7, dtype=np.int8))
    assert output.shape == ()
    assert output == 7
    header = (tmp_path / "model.h").read_text()
    assert "#define DIGITS_INPUT0_SHAPE {1}" in header
    assert "#define DIGITS_INPUT0_ELEMENTS 1" in header


def test_refuses_a_null_or_misaligned_arena_and_a_wrong_index(tmp_path):
    network = library(tmp_path, *two_probes())
    invoke, output = network.function("invoke"), network.function("output")
    arena = aligned(256)
    assert invoke(None) == -1
    for shift in (1, 4, 8, 15):
        assert invoke(ctypes.c_void_p(arena.ctypes.data + shift)) == -1
    for port in (output, network.function("input")):
        assert [port(arena.ctypes.data, index) for index in (-1, -(2**31), 1, 2**31 - 1)] == [None] * 4
    assert output(None, 0) is None
    for byte_count in (network.function("input_bytes"), network.function("output_bytes")):
        assert [byte_count(index) for index in (-1, 0, 1)] == [0, 8, 0]


def test_float_ports_have_no_scale():
    tensors = {0: replace(activation(0, (1, 2), dtype="float32"), quant=None), 1: activation(1)}
    graph = Graph(tensors, (Op(0, "QUANTIZE", 1, (0,), (1,)),), (0,), (1,))
    program = compiled(graph, {0: copy(graph.ops[0])})
    assert "INPUT0_SCALE" not in model_h(program)
    assert "#define DIGITS_OUTPUT0_SCALE 0.5f" in model_h(program)
    assert network_json(program)["inputs"][0]["scale"] is None
    assert "(const float *)(arena + " in model_c(program)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [((), (2,), "has no input"), ((0,), (), "has no output"), ((0,), (1,), "output `w1` is a constant")],
)
def test_a_graph_without_a_purpose_is_refused(inputs, outputs, message):
    graph = Graph({0: activation(0), 1: weights(1), 2: activation(2)}, (), inputs, outputs)
    if 2 in outputs:
        graph = replace(graph, ops=(Op(0, "RESHAPE", 1, (1,), (2,)),))
    with pytest.raises(ModelError, match=message) as error:
        compiled(graph, {op.index: copy(op) for op in graph.ops})
    assert error.value.hint


def test_an_unknown_role_is_a_defect():
    graph, calls = two_probes()
    wrong = replace(calls[0], params=(("table", ConstArray("magic", BIAS)),))
    with pytest.raises(InternalError, match="`magic` is no role"):
        compiled(graph, {**calls, 0: wrong})


def test_a_parameter_of_more_than_32_bits_is_a_defect():
    graph, calls = two_probes()
    with pytest.raises(InternalError, match="more than 32 bits"):
        compiled(graph, {**calls, 0: replace(calls[0], params=(("offset", 2**40),))})


def test_the_only_globals_are_the_interface_and_no_data_is_writable(tmp_path):
    if shutil.which("nm") is None:
        pytest.skip("nm is not installed")
    write_c(compiled(*two_probes()), tmp_path)
    compile_strictly(tmp_path, "zig")
    for source in sources(tmp_path):
        run_tool([*COMPILERS["zig"], *WARNINGS, "-O2", "-fPIC", "-c", source], tmp_path)
    listing = subprocess.run(
        ["nm", "model.o"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    symbols = {line.split()[-1]: line.split()[-2] for line in listing.splitlines()}
    interface = {f"digits_{name}" for name in ("input", "output", "input_bytes", "output_bytes", "invoke")}
    assert {name for name, kind in symbols.items() if kind == "T"} == interface
    assert not {name for name, kind in symbols.items() if kind in "BbDC"}
    assert symbols["digits_op00_add"] == symbols["digits_op03_add"] == "t"


def test_the_same_graph_gives_the_same_text():
    first, second = (compiled(*two_probes()) for _ in range(2))
    assert (model_c(first), model_h(first)) == (model_c(second), model_h(second))
