"""Every named case: the plain C kernel gives the bytes of TFLite's reference kernels."""

from dataclasses import replace

import numpy as np
import pytest
from cases import CASES
from cases_blocks import mean
from cases_elements import log_softmax, quantize, softmax
from cases_weights import conv, fully_connected
from op_graphs import assert_same_bytes, case_of, graph_of, run_all

from edgeflow.ops.registry import check_ops


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.kind}-{c.name}")
def test_kernel_equals_reference(case, oracle, kernels):
    graph = graph_of(case)
    check_ops(graph, case.name)
    assert_same_bytes(run_all(kernels, graph, case.feeds), oracle.run(case.reference_model, case.feeds))


def test_case_names_are_unique():
    names = [(case.kind, case.name) for case in CASES]
    assert len(set(names)) == len(names)


def random_cases(seed):
    """Scales, shapes and zero points that nobody chose."""
    random = np.random.default_rng(seed)

    def pick(low, high):
        return int(random.integers(low, high + 1))

    x = (pick(1, 2), pick(1, 9), pick(1, 9), pick(1, 6))
    scale_x, scale_y = np.exp(random.uniform(-6, 1, 2)).tolist()
    zero_x, zero_y = pick(-128, 127), pick(-128, 127)
    both = {"scale_x": scale_x, "zero_x": zero_x, "zero_y": zero_y}
    channels = pick(1, 6)
    window = {
        "stride": (pick(1, 3), pick(1, 3)),
        "dilation": (pick(1, 2), pick(1, 2)),
        "scale_w": np.exp(random.uniform(-8, 1, channels)).tolist(),
    }
    yield conv(f"random_{seed}", x, (channels, pick(1, 4), pick(1, 4), x[3]), **both, **window)
    yield fully_connected(f"random_{seed}", (x[0], x[3] * 7), channels, **both, scale_w=scale_y / 100)
    axes = sorted(random.choice(4, pick(1, 4), replace=False).tolist())
    yield mean(f"random_{seed}", x, axes, scales=(scale_x, scale_y), zeros=(zero_x, zero_y))
    yield softmax(f"random_{seed}", (3, pick(1, 40)), scale_x)
    yield quantize(f"random_{seed}", "int8", "int8", scales=(scale_x, scale_y), zeros=(zero_x, zero_y))


@pytest.mark.parametrize("seed", range(12))
def test_random_operators_equal_reference(seed, oracle, kernels):
    for case in random_cases(seed):
        graph = graph_of(case)
        check_ops(graph, case.name)
        assert_same_bytes(run_all(kernels, graph, case.feeds), oracle.run(case.model, case.feeds))


def test_absent_bias_of_a_convolution_is_a_bias_of_zeros(kernels):
    """The reference refuses what converters write."""
    units = {"scale_x": 1.0, "scale_w": 1.0, "scale_y": 1.0, "weights": np.arange(24) % 3 - 1}
    shape = ((1, 5, 5, 3), (4, 1, 2, 3))
    absent, zeros = (graph_of(conv("bias", *shape, bias=bias, **units)) for bias in (None, np.zeros(4)))
    feeds = case_of("CONV_2D", "3x3_same").feeds
    feeds = [(feed[0][:, :5],) for feed in feeds]
    assert_same_bytes(run_all(kernels, absent, feeds), run_all(kernels, zeros, feeds))


@pytest.mark.parametrize("classes", [2, 3, 7, 100])
def test_log_softmax_at_many_scales(classes, oracle, kernels):
    """The logarithm of the sum shows in every element: sums from 1 to the number of classes."""
    for step in range(24):
        case = log_softmax(f"scan_{step}", (256, classes), 0.0005 * 1.6**step)
        rows = (np.arange(256)[:, None] * np.arange(classes) * 7 // classes - 128).clip(-128, 127)
        rows = rows.astype(np.int8)
        assert_same_bytes(run_all(kernels, graph_of(case), [(rows,)]), oracle.run(case.model, [(rows,)]))


@pytest.mark.parametrize("first", range(8))
def test_softmax_of_every_difference_at_many_scales(first, oracle, kernels):
    """Two classes show exp and the reciprocal best: 256 differences at each of 64 scales."""
    for step in range(first * 8, first * 8 + 8):
        case = softmax(f"scan_{step}", (256, 2), 0.0005 * 1.17**step)
        rows = np.stack([np.arange(-128, 128), np.full(256, 127 - step)], axis=1).astype(np.int8)
        assert_same_bytes(run_all(kernels, graph_of(case), [(rows,)]), oracle.run(case.model, [(rows,)]))


def test_float_inputs_beyond_int32_saturate(kernels):
    """Where the reference's float-to-int conversion is undefined, the nearest limit is given."""
    case = quantize("huge", "float32", "int8", scales=(None, 0.5), zeros=(0, 3), values=[0.0] * 6)
    feed = np.array([np.inf, -np.inf, np.nan, 3e38, -3e38, 1e10], np.float32)
    [[output]] = run_all(kernels, graph_of(case), [(feed,)])
    assert output.tolist() == [127, -128, -128, 127, -128, 127]


@pytest.mark.parametrize(("classes", "value"), [(511, -127), (512, -128), (4095, -128), (2, 0), (256, -127)])
def test_softmax_of_equal_classes(classes, value, kernels):
    """From 512 equal classes on the reference shifts too far and gives 127; less than a half step is 0."""
    case = softmax("equal", (1, classes), 0.1)
    [[output]] = run_all(kernels, graph_of(case), [(np.full((1, classes), 5, np.int8),)])
    assert set(output.flat) == {value}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ADD", "uneven_scales_all_pairs"),
        ("MUL", "channels"),
        ("SUB", "uneven_scales_all_pairs"),
        ("MINIMUM", "scalar_right"),
        ("MAXIMUM", "all_pairs"),
        ("PRELU", "channels"),
        ("LOGISTIC", "scale_0.1_zero_0"),
        ("L2_NORMALIZATION", "random_rows"),
        ("SOFTMAX", "ten_classes"),
        ("RELU", "finer"),
        ("QUANTIZE", "int8_finer"),
        ("QUANTIZE", "uint8_to_int8"),
        ("RESHAPE", "flatten"),
    ],
)
def test_kernels_that_may_run_in_place_do(kind, name, kernels):
    """The headers allow the output to be an input: same bytes then."""
    from kernel_harness import run_call

    from edgeflow.ops.registry import lower

    case = case_of(kind, name)
    graph = graph_of(case)
    [expected] = run_all(kernels, graph, case.feeds[:1])[0]
    op = graph.ops[0]
    arrays = {i: t.data for i, t in graph.tensors.items() if t.is_constant}
    arrays |= {i: feed.copy() for i, feed in zip(graph.inputs, case.feeds[0], strict=True)}
    [call] = lower(graph, op)
    arrays[op.outputs[0]] = arrays[op.inputs[0]]
    run_call(kernels, call, arrays)
    np.testing.assert_array_equal(arrays[op.inputs[0]].view(expected.dtype).reshape(-1), expected.reshape(-1))


def test_same_tensor_added_to_itself(kernels):
    case = case_of("ADD", "rank_1")
    graph = graph_of(case)
    doubled = replace(graph, ops=(replace(graph.ops[0], inputs=(0, 0)),), inputs=(0,))
    left = case.feeds[0][0]
    twin = replace(graph.tensors[0], id=1)
    separate = replace(graph, tensors={**graph.tensors, 1: twin})
    assert_same_bytes(run_all(kernels, doubled, [(left,)]), run_all(kernels, separate, [(left, left)]))
