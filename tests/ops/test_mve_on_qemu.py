"""Kernels for Helium in their own instructions: named cases, ties and limits among them, on QEMU's M55."""

import shutil

import numpy as np
import pytest
from cases import CASES
from op_graphs import graph_of, run_all

from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.network import load_network
from edgeflow.emulate.qemu import QemuRuntime
from edgeflow.firmware.stage import run as build
from edgeflow.ops.registry import choices
from edgeflow.target.descriptor import load_target

KINDS = ("ADD", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def helium_calls(case):
    """The calls of a case that are kernels for Helium: which one a build takes depends on its memory."""
    graph = graph_of(case)
    several = choices(graph, graph.ops[0], "mve")
    return [calls for calls in several if calls[0].function.endswith("_mve")]


# One call of each kernel: the others of a kernel differ in where they gather, not in their instructions.
PLACES = [
    (case, function)
    for case in CASES
    if case.kind in KINDS
    for function in sorted({calls[0].function for calls in helium_calls(case)})
]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("qemu-system-arm") is None, reason="qemu-system-arm is not installed")
@pytest.mark.parametrize(
    ("case", "function"), PLACES, ids=[f"{case.kind}-{case.name}-{function}" for case, function in PLACES]
)
def test_equals_the_plain_kernel(case, function, kernels, tmp_path):
    model = tmp_path / "case.tflite"
    model.write_bytes(case.model)
    calls = next(calls for calls in helium_calls(case) if calls[0].function == function)
    generate(
        model,
        tmp_path / "codegen",
        name="case",
        options=CodegenOptions(kernels="mve"),
        offer=lambda _graph, _op: (calls,),
    )
    build(tmp_path / "codegen", tmp_path / "image", target=load_target("cortex-m55"), emulator="qemu")
    inputs = [np.stack(arrays) for arrays in zip(*case.feeds, strict=True)]
    outputs = QemuRuntime(tmp_path / "image", load_network(tmp_path / "codegen")).run(inputs)
    expected = run_all(kernels, graph_of(case), case.feeds, "plain")
    for found, references in zip(outputs, zip(*expected, strict=True), strict=True):
        assert found.tobytes() == np.stack(references).tobytes()
