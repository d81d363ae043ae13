"""Graphs of the test kernels in ``kernels/``, and the C that the generator makes of them."""

from pathlib import Path

import numpy as np

from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.model_c import model_c
from edgeflow.codegen.model_h import CALLER_HEADER, model_h
from edgeflow.codegen.program import build_program
from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.memory.checker import check_plan
from edgeflow.memory.planner import plan_memory
from edgeflow.ops.spec import ConstArray, KernelCall, NullArg, ScratchArg, TensorArg
from edgeflow.resources import kernels_dir

KERNELS = Path(__file__).parent / "kernels"
SHA = "ab" * 32
TABLE = np.array([-3, 5, 32], dtype=np.int16)
BIAS = np.array([-(2**31), 2**31 - 1, 0, 1, -1, 7, 8, 9], dtype=np.int32)
SMALL_BIAS = np.array([1, -2, 3, -4, 5, -6, 7, -8], dtype=np.int32)


def activation(tensor_id, shape=(1, 8), name=None, dtype="int8"):
    return Tensor(tensor_id, name or f"t{tensor_id}", shape, dtype, Quant((0.5,), (-3,)))


def weights(tensor_id, first=0):
    data = np.arange(first, first + 8, dtype=np.int8)
    return Tensor(tensor_id, f"w{tensor_id}", (8,), "int8", Quant((0.25,), (0,)), data)


def probe(op, *, bias=True, offset=4, table=TABLE):
    """A call with a tensor in, a constant tensor, an array or null, scratch and a tensor out."""
    return KernelCall(
        function="ef_probe_int8",
        header="ef_probe.h",
        params_type="ef_probe_params",
        params=(
            ("count", 8),
            ("offset", offset),
            ("limits", (-128, 127)),
            ("gain", 1.0),
            ("table", ConstArray("table", table)),
            ("table_length", len(table)),
            ("absent", None),
        ),
        args=(
            TensorArg(op.inputs[0]),
            TensorArg(op.inputs[1], "weights"),
            ConstArray("bias", SMALL_BIAS) if bias else NullArg(),
            ScratchArg(),
            TensorArg(op.outputs[0]),
        ),
        scratch_bytes=32,
    )


def copy(op):
    return KernelCall("ef_copy", "ef_copy.h", (TensorArg(op.inputs[0]), TensorArg(op.outputs[0])))


def probe_values(values, *, first=0, bias=True, offset=4, table=TABLE):
    """What the probe kernel computes, in numpy."""
    total = values.astype(np.int64) + np.arange(first, first + 8) + offset + np.resize(table, 8)
    return np.clip(total + (SMALL_BIAS if bias else 0), -128, 127).astype(np.int8)


def two_probes(**names):
    """in -> probe with bias -> reshape -> probe without bias -> out; equal tables, other weights."""
    tensors = {
        0: activation(0, name=names.get("input", "in")),
        1: weights(1),
        2: activation(2),
        3: activation(3, (2, 4), name=names.get("reshaped", "reshaped")),
        4: weights(4, first=20),
        5: activation(5, (2, 4)),
    }
    ops = (
        Op(0, "ADD", 1, (0, 1), (2,)),
        Op(1, "RESHAPE", 1, (2,), (3,)),
        Op(3, "ADD", 1, (3, 4), (5,)),
    )
    graph = Graph(tensors, ops, (0,), (5,))
    calls = {0: probe(ops[0]), 1: copy(ops[1]), 3: probe(ops[2], bias=False, offset=-100)}
    return graph, calls


def compiled(graph, calls, name="digits", alias_ops=("RESHAPE",), regions=()):
    """The program of a graph, planned and checked; ``alias_ops`` are those of the plan."""
    calls = {i: several if isinstance(several, tuple) else (several,) for i, several in calls.items()}
    scratch = {i: max(call.scratch_bytes for call in several) for i, several in calls.items()}
    plan = plan_memory(graph, scratch, alias_ops, regions=regions)
    check_plan(graph, plan, scratch, regions=regions)
    macs = {op.index: 10 + op.index for op in graph.ops}
    return build_program(graph, calls, plan, name=name, source_sha256=SHA, macs=macs)


def write_c(program, folder):
    """Everything a compiler needs, flat in one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.c").write_text(model_c(program))
    (folder / "model.h").write_text(model_h(program))
    (folder / CALLER_HEADER).write_bytes((kernels_dir() / "include" / CALLER_HEADER).read_bytes())
    for name, content in kernel_files(
        [call.kernel for s in program.steps for call in s.calls], KERNELS
    ).items():
        (folder / name).write_bytes(content)
    return folder
