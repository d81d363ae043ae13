"""Every tensor of a keyword spotter in sequence: the probabilities of its scrambled weights never change."""

import numpy as np
import pytest
from kernel_harness import run_graph
from op_graphs import assert_same_bytes

from edgeflow.emulate.desktop import DesktopRuntime, find_interpreter
from edgeflow.errors import ToolError
from edgeflow.frontend.tflite import read_model
from edgeflow.ops.registry import lower

NAME = "stretch_kws_svdf_int8"


def test_all_tensors_of_a_sequence(shared_dir, kernels):
    try:
        find_interpreter()
    except ToolError:
        pytest.skip("the reference is not installed")
    path = shared_dir / "models" / "models" / f"{NAME}.tflite"
    goldens = np.load(shared_dir / "models" / "goldens" / f"{NAME}.npz")
    graph = read_model(path)
    cases = [goldens[f"in{case}_0"] for case in range(8)]
    written = [op.outputs[0] for op in graph.ops]
    reference = DesktopRuntime(path)
    in_sequence = reference.run_with_tensors([np.stack(cases)], written, sequence=True)[1]
    state = {i: value.copy() for i, value in graph.variables.items()}
    for number, case in enumerate(cases):
        arrays = run_graph(kernels, graph, lower, [case], state)
        assert_same_bytes(
            [[arrays[i] for i in written]],
            [[in_sequence[i][number].reshape(arrays[i].shape) for i in written]],
        )
    anew = reference.run_with_tensors([np.stack(cases)], written)[1]
    assert any(anew[i].tobytes() != in_sequence[i].tobytes() for i in written)
