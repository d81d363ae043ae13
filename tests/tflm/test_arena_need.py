"""The arena of small models counted by hand, and of real ones as the runtime measured it."""

import json
from dataclasses import replace

import pytest
from measured import NETS, OPERATORS, SMALL
from operator_models import small_models

from edgeflow.errors import ModelError
from edgeflow.tflm.arena import arena_need, unknown_kinds
from edgeflow.tflm.cmsis_nn import CMSIS_NN_KERNELS, CMSIS_NN_MVE_KERNELS
from edgeflow.tflm.confirm import is_installed, measure_arena
from edgeflow.tflm.estimate import estimate_arena, estimate_to_json
from edgeflow.tflm.kernels import REFERENCE_KERNELS, Operands
from edgeflow.tflm.lifetimes import mark_lifetimes
from edgeflow.tflm.rewrite import with_offline_plan
from edgeflow.tflm.source import ModelFacts, NodeFacts, SubgraphFacts, TensorFacts, read_facts

BYTE = TensorFacts((1, 16), "int8", 16, is_constant=False, is_variable=False, scale_count=1)


def model(*nodes, tensors=3, inputs=(0,), outputs=(2,)):
    return ModelFacts((SubgraphFacts((BYTE,) * tensors, nodes, inputs, outputs),))


TWO_TANH = model(NodeFacts("TANH", (0,), (1,)), NodeFacts("TANH", (1,), (2,)))


def test_two_operators_by_hand():
    need = arena_need(TWO_TANH, 8)
    allocator = 72 + 72 + 72 + 16 + 24  # arena, planner, allocator, builtin data, one subgraph
    arrays = 3 * 24 + 2 * 64
    op_data = 2 * 16
    # Input and output have a pointer aligned to 16, and a tensor with its quantization and a zero point.
    ports = 2 * (16 + 64 + 24 + 8)
    assert allocator + arrays == 456
    assert need.tail_bytes == 464 + op_data + ports
    assert need.head_bytes == 32
    requests = 12 * 16
    plan = -(-(requests + 8 + 3 * 32) // 16) * 16 + 3 * 40
    prepare = requests + 3 * (64 + 24 + 8)
    assert need.temporary_bytes == max(plan, prepare)
    assert need.arena_bytes % 16 == 0
    assert need.arena_bytes >= need.tail_bytes + need.head_bytes


def test_pointers_of_four_bytes_need_less():
    small, large = arena_need(TWO_TANH, 4), arena_need(TWO_TANH, 8)
    assert small.head_bytes == large.head_bytes
    assert small.tail_bytes < large.tail_bytes
    assert small.arena_bytes < large.arena_bytes


def test_the_recording_allocator_needs_more():
    plain, recording = arena_need(TWO_TANH, 8), arena_need(TWO_TANH, 8, recording=True)
    assert recording.tail_bytes - plain.tail_bytes == 232 - 8  # 32 and 200, less what alignment took


def test_lifetimes():
    lives = mark_lifetimes(TWO_TANH, [(0, 1, 64)])
    assert lives.tensors == ((0, 1), (1, 2), (2, 2))
    assert lives.scratch == ((2, 2),)


def test_a_called_subgraph_lives_within_its_caller():
    inner = SubgraphFacts((BYTE,) * 2, (NodeFacts("TANH", (0,), (1,)),), (0,), (1,))
    outer = SubgraphFacts(
        (BYTE,) * 3,
        (NodeFacts("CALL_ONCE", (), (), (1,)), NodeFacts("TANH", (0,), (1,)), NodeFacts("TANH", (1,), (2,))),
        (0,),
        (2,),
    )
    assert mark_lifetimes(ModelFacts((outer, inner)), []).tensors == ((0, 4), (4, 5), (5, 5), (2, 3), (3, 3))


def test_a_subgraph_that_calls_itself_is_walked_once():
    loop = SubgraphFacts((BYTE,), (NodeFacts("CALL_ONCE", (0,), (), (0,)),), (0,), ())
    assert mark_lifetimes(ModelFacts((loop,)), []).tensors == ((0, 2),)


def test_unused_tensors_take_room_as_in_the_runtime():
    unused = model(NodeFacts("TANH", (0,), (2,)))
    assert arena_need(unused, 8).head_bytes == 32
    assert arena_need(replace(unused, offline_offsets=(0, 64, 16)), 8).head_bytes == 80


def test_unknown_operators():
    assert unknown_kinds(model(NodeFacts("GELU", (0,), (1,)), NodeFacts("EXP", (1,), (2,)))) == (
        "EXP",
        "GELU",
    )


def weights(*shape):
    return TensorFacts(shape, "int8", 1, is_constant=True, is_variable=False, scale_count=1)


def activation(*shape, dtype="int8"):
    return TensorFacts(shape, dtype, 1, is_constant=False, is_variable=False, scale_count=1)


# kind, inputs, output, scratch of the reference, CMSIS-NN and MVE kernels
SCRATCH = {
    "3x3": ("CONV_2D", [(1, 8, 8, 3), (16, 3, 3, 3)], (1, 8, 8, 16), [], [112], [128]),
    "1x1": ("CONV_2D", [(1, 8, 8, 20), (16, 1, 1, 20)], (1, 8, 8, 16), [], [80], []),
    "depthwise 3x3": ("DEPTHWISE_CONV_2D", [(1, 8, 8, 8), (1, 3, 3, 8)], (1, 8, 8, 8), [], [], [4464]),
    "depthwise 5x5": ("DEPTHWISE_CONV_2D", [(1, 8, 8, 8), (1, 5, 5, 8)], (1, 8, 8, 8), [], [400], [12400]),
    "depth multiplier": ("DEPTHWISE_CONV_2D", [(1, 8, 8, 4), (1, 5, 5, 8)], (1, 8, 8, 8), [], [], []),
    "dense": ("FULLY_CONNECTED", [(1, 64), (10, 64)], (1, 10), [], [], [40]),
    "dense of rank 3": ("FULLY_CONNECTED", [(1, 2, 64), (10, 64)], (1, 2, 10), [], [256], [40]),
    "average": ("AVERAGE_POOL_2D", [(1, 4, 4, 6)], (1, 1, 1, 6), [], [24], []),
    "mean": ("MEAN", [(1, 4, 4, 6), (2,)], (1, 6), [24, 16, 8], [24, 16, 8], [24, 16, 8]),
    "transposed, few channels": (
        "TRANSPOSE_CONV",
        [(4,), (8, 3, 3, 4), (1, 5, 5, 4)],
        (1, 10, 10, 8),
        [3200],
        [4 * 13 * 8 * 3],
        [4 * 13 * 8 * 3],
    ),
    "transposed, many channels": (
        "TRANSPOSE_CONV",
        [(4,), (2, 3, 3, 32), (1, 5, 5, 32)],
        (1, 10, 10, 2),
        [800],
        [1152, 576],
        [1152, 576],
    ),
}


@pytest.mark.parametrize("name", SCRATCH)
def test_scratch_buffers(name):
    kind, inputs, output, reference, cmsis, mve = SCRATCH[name]
    tensors = tuple(weights(*s) if i == 1 else activation(*s) for i, s in enumerate(inputs))
    operands = Operands(tensors, (activation(*output),))
    found = [
        kernels[kind].scratch(operands)
        for kernels in (REFERENCE_KERNELS, CMSIS_NN_KERNELS, CMSIS_NN_MVE_KERNELS)
    ]
    assert found == [reference, cmsis, mve]


def test_fully_connected_arrays_on_cmsis_nn():
    for shape, scales, reference, dsp, mve in (
        ((1, 10), 1, [], [], [40]),
        ((1, 10), 10, [40, 40], [40, 40], [40, 40, 40]),
        ((1, 2, 10), 1, [], [40, 40], [40, 40, 40]),
    ):
        op = Operands(
            (activation(1, 64), replace(weights(10, 64), scale_count=scales)), (activation(*shape),)
        )
        assert REFERENCE_KERNELS["FULLY_CONNECTED"].persistent(op) == reference
        assert CMSIS_NN_KERNELS["FULLY_CONNECTED"].persistent(op) == dsp
        assert CMSIS_NN_MVE_KERNELS["FULLY_CONNECTED"].persistent(op) == mve


def test_16_bit_activations_need_wider_buffers():
    wide = Operands(
        (activation(1, 8, 8, 3, dtype="int16"), weights(16, 3, 3, 3)),
        (activation(1, 8, 8, 16, dtype="int16"),),
    )
    assert CMSIS_NN_KERNELS["CONV_2D"].scratch(wide) == [224]
    table = Operands((activation(1, 4, dtype="int16"),), (activation(1, 4, dtype="int16"),))
    assert REFERENCE_KERNELS["SOFTMAX"].persistent(table) == [1026, 1026]


@pytest.mark.parametrize("name", NETS)
def test_real_nets_need_what_the_runtime_measured(name, shared_dir):
    facts = read_facts((shared_dir / "models" / "models" / f"{name}.tflite").read_bytes(), name)
    need = arena_need(facts, 8, recording=True)
    assert (need.head_bytes, need.tail_bytes, need.arena_bytes) == NETS[name]


def check_operators(measured, files, largest_excess):
    """Head and tail equal the measured ones; the arena is never smaller, and for most operators equal."""
    exact = 0
    for name, (head, tail, arena) in measured.items():
        need = arena_need(read_facts(files(name), name), 8, recording=True)
        assert (need.head_bytes, need.tail_bytes) == (head, tail), name
        assert 0 <= need.arena_bytes - arena <= largest_excess, name
        exact += need.arena_bytes == arena
    return exact


def test_single_operators_need_what_the_runtime_measured(shared_dir):
    folder = shared_dir / "models" / "synth"
    exact = check_operators(OPERATORS, lambda name: (folder / f"{name}.tflite").read_bytes(), 16)
    assert exact >= len(OPERATORS) - 10


def test_small_operators_need_what_the_runtime_measured():
    files = small_models()
    assert files.keys() == SMALL.keys()
    assert check_operators(SMALL, files.__getitem__, 48) >= len(SMALL) - 5


@pytest.mark.skipif(not is_installed(), reason="tflite_micro is not installed")
@pytest.mark.parametrize("name", ["select_v2", "bmm_adjx", "softmax16"])
def test_the_runtime_still_needs_it(name):
    found = measure_arena(small_models()[name], name, None)
    assert (found.head_bytes, found.tail_bytes, found.arena_bytes) == SMALL[name]


def test_a_plan_for_other_tensors_gives_a_reason():
    planned = with_offline_plan(small_models()["quant"], "quant", [0])
    assert "another count of tensors" in estimate_arena(planned, "quant").reason


def test_every_estimate_has_its_margin(shared_dir):
    name = "tflm_hello_world_int8"
    data = (shared_dir / "models" / "models" / f"{name}.tflite").read_bytes()
    estimate = estimate_arena(data, name)
    assert [entry.machine for entry in estimate.machines] == ["reference", "cmsis_nn", "cmsis_nn_mve", "host"]
    for entry in estimate.machines:
        assert entry.margin_bytes >= 128 + entry.need.tail_bytes // 8
        assert entry.size_bytes % 16 == 0
    assert json.loads(json.dumps(estimate_to_json(estimate)))["unknown_because"] is None


def test_a_model_with_an_unknown_operator_has_a_reason_instead(shared_dir):
    estimate = estimate_arena((shared_dir / "models" / "synth" / "gelu.tflite").read_bytes(), "gelu")
    assert estimate.machines == ()
    assert estimate.reason == "what TFLite Micro needs for GELU is not known to edgeflow"


def test_bytes_that_are_no_model_are_refused():
    with pytest.raises(ModelError, match="is not a TFLite model"):
        read_facts(b"nothing of the kind", "x")
