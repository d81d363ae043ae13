"""The memory plan in a file's metadata: the same results from it, and no larger head."""

import random
import subprocess
import sys

import numpy as np
import pytest
from branching_model import branching_model
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import NETS

from edgeflow.emulate.desktop import DesktopRuntime
from edgeflow.errors import ModelError
from edgeflow.frontend.tflite import parse_model
from edgeflow.tflm.arena import arena_need
from edgeflow.tflm.cmsis_nn import CMSIS_NN_KERNELS, CMSIS_NN_MVE_KERNELS
from edgeflow.tflm.confirm import is_installed, measure_arena
from edgeflow.tflm.head import head_buffers, scratch_requests
from edgeflow.tflm.kernels import REFERENCE_KERNELS
from edgeflow.tflm.offline import best_plan, plan_into_file
from edgeflow.tflm.order import small_order
from edgeflow.tflm.rewrite import with_offline_plan
from edgeflow.tflm.source import ModelFacts, NodeFacts, SubgraphFacts, TensorFacts, read_facts

ALL_KERNELS = [REFERENCE_KERNELS, CMSIS_NN_KERNELS, CMSIS_NN_MVE_KERNELS]
# Heads with the plan, on reference kernels; the runtime's own are in `measured.py`.
PLANNED_HEADS = {
    "mlperf_vww_mbv1": 55296,
    "tflm_id_model_leakyrelu": 150768,
    "tflm_hello_world_floatio": 32,
}
needs_runtime = pytest.mark.skipif(not is_installed(), reason="tflite_micro is not installed")


def net(shared_dir, name):
    return (shared_dir / "models" / "models" / f"{name}.tflite").read_bytes()


def test_a_small_order_runs_one_branch_after_the_other():
    graph = read_facts(branching_model(), "branching").subgraphs[0]
    assert small_order(graph) == (0, 2, 1, 3, 4)


def test_a_graph_with_state_keeps_its_order():
    tensors = (TensorFacts((4,), "int8", 4, is_constant=False, is_variable=False, scale_count=1),) * 3
    nodes = (NodeFacts("READ_VARIABLE", (0,), (1,)), NodeFacts("ASSIGN_VARIABLE", (0, 2), ()))
    assert small_order(SubgraphFacts(tensors, nodes, (2,), (1,))) == (0, 1)


def test_operators_that_wait_for_each_other_keep_their_order():
    tensor = TensorFacts((4,), "int8", 4, is_constant=False, is_variable=False, scale_count=1)
    nodes = (NodeFacts("TANH", (1,), (0,)), NodeFacts("TANH", (0,), (1,)))
    assert small_order(SubgraphFacts((tensor,) * 2, nodes, (), (1,))) == (0, 1)


def test_order_and_offsets_of_a_branching_model():
    data, plan = plan_into_file(branching_model(), "branching", ALL_KERNELS)
    assert plan.order == (0, 2, 1, 3, 4)
    assert (set(plan.online_head_bytes), set(plan.head_bytes)) == ({128 + 2 * 512}, {512 + 2 * 128})
    facts = read_facts(data, "branching")
    assert facts.offline_offsets == plan.offsets
    assert [node.kind for node in facts.subgraphs[0].nodes][:2] == ["CONCATENATION", "MAX_POOL_2D"]
    assert [op.outputs for op in parse_model(data, "branching").ops] == [(1,), (3,), (2,), (4,), (5,)]


def test_what_is_not_the_plan_stays(shared_dir):
    before = net(shared_dir, "mlperf_ic_resnet8")
    old = read_facts(before, "x")
    count = len(old.subgraphs[0].tensors)
    first = with_offline_plan(before, "x", range(count))
    second = with_offline_plan(first, "x", [-1] * count)
    assert read_facts(first, "x").subgraphs == old.subgraphs == read_facts(second, "x").subgraphs
    assert read_facts(second, "x").offline_offsets == (-1,) * count
    assert first.endswith(before)  # weights keep their alignment
    assert (len(first) - len(before)) % 64 == 0


def outputs(path, data, inputs):
    path.write_bytes(data)
    return DesktopRuntime(path).run(inputs)


@pytest.mark.parametrize("name", ["mlperf_vww_mbv1", "tflm_hello_world_floatio", "branching"])
def test_the_desktop_interpreter_computes_the_same(name, shared_dir, tmp_path):
    before = branching_model() if name == "branching" else net(shared_dir, name)
    after, plan = plan_into_file(before, name, ALL_KERNELS)
    assert plan is not None
    ports = parse_model(before, name)
    generator = np.random.default_rng(7)
    inputs = [
        generator.uniform(0, 100 if tensor.dtype == "int8" else 6, (5, *tensor.shape)).astype(tensor.dtype)
        for tensor in (ports.tensors[i] for i in ports.inputs)
    ]
    expected = outputs(tmp_path / "before.tflite", before, inputs)
    found = outputs(tmp_path / "after.tflite", after, inputs)
    assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))
    assert len(np.unique(expected[0])) > 1


@pytest.mark.parametrize("name", PLANNED_HEADS)
def test_heads_of_real_nets_shrink(name, shared_dir):
    plan = plan_into_file(net(shared_dir, name), name, ALL_KERNELS)[1]
    assert (plan.online_head_bytes[0], plan.head_bytes[0]) == (NETS[name][0], PLANNED_HEADS[name])


def test_a_plan_that_gains_nothing_is_not_written(shared_dir):
    data = net(shared_dir, "mlperf_ad_autoencoder")
    assert plan_into_file(data, "x", ALL_KERNELS) == (data, None)


RUN = """
import sys
import numpy as np
from tflite_micro import runtime
with np.load(sys.argv[2]) as golden:
    interpreter = runtime.Interpreter.from_file(sys.argv[1])
    for case in range(8):
        interpreter.set_input(golden[f"in{case}_0"], 0)
        interpreter.invoke()
        assert np.array_equal(interpreter.get_output(0), golden[f"out{case}_0"]), case
"""


@needs_runtime
@pytest.mark.parametrize("name", ["mlperf_vww_mbv1", "tflm_hello_world_floatio"])
def test_tflite_micro_takes_the_plan_and_computes_the_same(name, shared_dir, tmp_path):
    data, plan = plan_into_file(net(shared_dir, name), name, ALL_KERNELS)
    (tmp_path / "planned.tflite").write_bytes(data)
    golden = shared_dir / "models" / "goldens" / f"{name}.npz"
    command = [sys.executable, "-c", RUN, str(tmp_path / "planned.tflite"), str(golden)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    need = arena_need(read_facts(data, name), 8, recording=True)
    found = measure_arena(data, name, need.arena_bytes)
    assert (found.head_bytes, found.arena_bytes) == (plan.head_bytes[0], need.arena_bytes)


@needs_runtime
def test_tflite_micro_runs_the_new_order(tmp_path):
    data, plan = plan_into_file(branching_model(), "branching", ALL_KERNELS)
    assert measure_arena(data, "branching", None).head_bytes == plan.head_bytes[0]


@pytest.mark.parametrize(
    ("folder", "name", "reason"),
    [
        ("models", "mww_vad_stateful", "has 2 subgraphs"),
        ("synth", "gelu", "what TFLite Micro needs for GELU is not known"),
    ],
)
def test_models_that_cannot_be_planned_are_refused(folder, name, reason, shared_dir):
    data = (shared_dir / "models" / folder / f"{name}.tflite").read_bytes()
    with pytest.raises(ModelError, match=reason) as caught:
        plan_into_file(data, name, ALL_KERNELS)
    assert "tflm_offline_plan" in caught.value.hint


def test_a_cut_file_is_refused():
    whole = branching_model()
    for size in range(8, len(whole) // 2, 24):
        with pytest.raises(ModelError, match=r"is corrupt|has 0 subgraphs"):
            plan_into_file(whole[:size], "cut", ALL_KERNELS)


def random_model(seed, count):
    """TANH and ADD of what came before."""
    rng = random.Random(seed)  # noqa: S311  not for secrets
    tensors = tuple(
        TensorFacts((n,), "int8", n, is_constant=False, is_variable=False, scale_count=1)
        for n in (rng.choice((16, 48, 160, 400)) for _ in range(count + 1))
    )
    nodes = tuple(
        NodeFacts("ADD", (rng.randrange(i + 1), rng.randrange(max(0, i - 2), i + 1)), (i + 1,))
        for i in range(count)
    )
    return ModelFacts((SubgraphFacts(tensors, nodes, (0,), (count,)),))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_random_plans_are_sound_and_never_worse(seed, count):
    facts = random_model(seed, count)
    plan = best_plan(facts, [REFERENCE_KERNELS])
    if plan is None:
        return
    assert plan.head_bytes < plan.online_head_bytes
    assert sorted(plan.order) == list(range(count))
    graph = facts.subgraphs[0]
    ordered = SubgraphFacts(graph.tensors, tuple(graph.nodes[i] for i in plan.order), (0,), (count,))
    # Played through: what is read must still stand where it was written.
    contents = {0: (plan.offsets[0], graph.tensors[0].byte_count)}
    for node in ordered.nodes:
        assert all(i in contents for i in node.inputs), "overwritten or not yet there"
        for written in node.outputs:
            start, stop = plan.offsets[written], plan.offsets[written] + graph.tensors[written].byte_count
            assert start % 16 == 0
            contents = {i: (a, n) for i, (a, n) in contents.items() if a + n <= start or stop <= a}
            assert all(i in contents for i in node.inputs), "written over its own input"
            contents[written] = (start, stop - start)
    assert count in contents


def test_scratch_is_left_to_the_runtime(shared_dir):
    facts = read_facts(net(shared_dir, "mlperf_vww_mbv1"), "vww")
    requests = scratch_requests(facts, CMSIS_NN_KERNELS)
    assert requests
    plan = best_plan(facts, ALL_KERNELS)
    assert len(plan.offsets) == len(facts.subgraphs[0].tensors)
    planned = head_buffers(ModelFacts(facts.subgraphs, plan.offsets), requests)
    assert {b.offset_bytes for b in planned[-len(requests) :]} == {-1}
