"""A small network of real operators, from a graph to running C, without any file from outside.

All scales are powers of two and the channels with scale 0.5 hold even numbers only: nothing is ever
rounded, so that plain integer arithmetic in numpy is the oracle.
"""

import numpy as np
import pytest
from c_build import Library

from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.model_c import model_c
from edgeflow.codegen.model_h import CALLER_HEADER, model_h
from edgeflow.codegen.network import network_json
from edgeflow.codegen.stage import compile_graph, run
from edgeflow.errors import ModelError
from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ops.registry import check_ops
from edgeflow.resources import kernels_dir

RNG = np.random.default_rng(11)
HALVED = np.array([1, 2, 1, 2])
FILTER = (RNG.integers(-2, 3, (4, 3, 3, 2)) * HALVED[:, None, None, None]).astype(np.int8)  # O KH KW I
CONV_BIAS = np.array([5, -8, 0, 30], dtype=np.int32)
DENSE = (RNG.integers(-1, 2, (5, 64)) * (RNG.random((5, 64)) < 0.1)).astype(np.int8)
ONE = Quant((1.0,), (0,))
CHANNELS = Quant((1.0, 0.5, 1.0, 0.5), (0, 0, 0, 0), axis=0)
INPUT_ZERO_POINT = 3


def tensor(tensor_id, shape, quant=ONE, *, dtype="int8", data=None):
    return Tensor(tensor_id, f"net/t{tensor_id}", shape, dtype, quant, data)


def network_graph():
    """in [1,6,6,2] -> CONV_2D 3x3 VALID, RELU [1,4,4,4] -> RESHAPE [1,64] -> FULLY_CONNECTED [1,5]."""
    tensors = [
        tensor(0, (1, 6, 6, 2), Quant((1.0,), (INPUT_ZERO_POINT,))),
        tensor(1, FILTER.shape, CHANNELS, data=FILTER),
        tensor(2, (4,), CHANNELS, dtype="int32", data=CONV_BIAS),
        tensor(3, (1, 4, 4, 4), Quant((1.0,), (-128,))),
        tensor(4, (2,), None, dtype="int32", data=np.array([1, 64], dtype=np.int32)),
        tensor(5, (1, 64), Quant((1.0,), (-128,))),
        tensor(6, DENSE.shape, data=DENSE),
        tensor(7, (1, 5), Quant((1.0,), (10,))),
    ]
    conv = {
        "padding": "VALID",
        "stride_h": 1,
        "stride_w": 1,
        "dilation_h_factor": 1,
        "dilation_w_factor": 1,
        "fused_activation_function": "RELU",
    }
    dense = {
        "fused_activation_function": "NONE",
        "weights_format": 0,
        "keep_num_dims": False,
        "asymmetric_quantize_inputs": False,
    }
    ops = (
        Op(0, "CONV_2D", 3, (0, 1, 2), (3,), conv),
        Op(1, "RESHAPE", 1, (3, 4), (5,)),
        Op(2, "FULLY_CONNECTED", 4, (5, 6, None), (7,), dense),
    )
    return Graph({t.id: t for t in tensors}, ops, (0,), (7,))


def expected_outputs(values):
    """Both layers in integers; the division is exact."""
    real = values.astype(np.int64) - INPUT_ZERO_POINT
    total = np.zeros((4, 4, 4), dtype=np.int64)
    for y in range(4):
        for x in range(4):
            window = real[0, y : y + 3, x : x + 3, :]
            total[y, x] = (np.tensordot(FILTER.astype(np.int64), window, 3) + CONV_BIAS) // HALVED
    middle = np.clip(total, 0, 255)
    dense = DENSE.astype(np.int64) @ middle.reshape(64)
    return np.clip(dense + 10, -128, 127).astype(np.int8), (middle - 128).astype(np.int8)


def build(folder):
    graph = network_graph()
    check_ops(graph, "net.tflite")
    program = compile_graph(graph, name="net", source_sha256="00" * 32)
    (folder / "model.c").write_text(model_c(program))
    (folder / "model.h").write_text(model_h(program))
    calls = [call.kernel for step in program.steps for call in step.calls]
    for name, content in kernel_files(calls, kernels_dir(), [CALLER_HEADER]).items():
        (folder / name).write_bytes(content)
    return Library(folder, network_json(program), program.plan.arena_bytes), program


def test_runs_as_the_arithmetic_says(tmp_path):
    library, program = build(tmp_path)
    assert (
        program.plan.arena_bytes == program.plan.lower_bound_bytes == 24 + 72
    )  # the convolution writes 24 before its input
    for case in range(4):
        rng = np.random.default_rng(case)
        values = rng.integers(-8, 9, (1, 6, 6, 2), dtype=np.int8)
        output, middle = expected_outputs(values)
        assert library.invoke(values)[0].tobytes() == output.tobytes()
        assert library.traced[3] == library.traced[5] == middle.tobytes()
        assert len(set(output.tolist())) > 2


def test_operators_and_their_costs(tmp_path):
    _, program = build(tmp_path)
    operators = network_json(program)["operators"]
    assert [op["function"] for op in operators] == ["net_op00_conv_2d", None, "net_op02_fully_connected"]
    assert [op["macs"] for op in operators] == [16 * 4 * 18, 0, 5 * 64]
    assert [op["kernel"] for op in operators] == ["ef_conv_2d_s8", None, "ef_fully_connected_s8"]


@pytest.mark.parametrize("content", [b"", b"no model at all", bytes(64)], ids=["empty", "text", "zeros"])
def test_a_file_that_is_no_model_is_refused_in_a_sentence(content, tmp_path):
    path = tmp_path / "broken.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"broken\.tflite"):
        run(path, tmp_path / "out", name="broken")
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_absent_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(ModelError, match=r"absent\.tflite"):
        run(tmp_path / "absent.tflite", tmp_path / "out", name="absent")
