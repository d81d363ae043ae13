"""Kernels for cores without SIMD in RISC-V's own instructions: named cases, ties and limits among them."""

import numpy as np
import pytest
from cases import CASES
from op_graphs import graph_of, run_all

from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import run as generate
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.network import load_network
from edgeflow.firmware.stage import run as build
from edgeflow.ops.registry import lower
from edgeflow.target.descriptor import load_target

# Convolutions that have four channels for `ef_sums_four_scalar`, and some that have a rest.
RISCV_CASES = [
    case
    for case in CASES
    if case.kind == "CONV_2D"
    if lower(graph := graph_of(case), graph.ops[0], "scalar")[0].function == "ef_conv_2d_s8_scalar"
    if graph.output_tensor(graph.ops[0]).shape[3] >= 4
]


def test_some_cases_have_a_rest_of_channels():
    channels = {graph_of(case).output_tensor(graph_of(case).ops[0]).shape[3] % 4 for case in RISCV_CASES}
    assert len(RISCV_CASES) >= 5
    assert 0 in channels
    assert len(channels) > 1


@pytest.mark.slow
@pytest.mark.parametrize("case", RISCV_CASES, ids=lambda case: case.name)
def test_equals_the_plain_kernel(case, kernels, tmp_path):
    pytest.importorskip("unicorn")
    model = tmp_path / "case.tflite"
    model.write_bytes(case.model)
    generate(model, tmp_path / "codegen", name="case", options=CodegenOptions(kernels="scalar"))
    build(tmp_path / "codegen", tmp_path / "image", target=load_target("riscv32"))
    inputs = [np.stack(arrays) for arrays in zip(*case.feeds, strict=True)]
    outputs = CoreRuntime(tmp_path / "image", load_network(tmp_path / "codegen")).run(inputs)
    expected = run_all(kernels, graph_of(case), case.feeds, "plain")
    for found, references in zip(outputs, zip(*expected, strict=True), strict=True):
        assert found.tobytes() == np.stack(references).tobytes()
