"""The choice among candidates whose figures are given here: order, arena, code budget, poor gains."""

import itertools
import json

import pytest

from edgeflow.codegen.offer import TunedOffer, form_key, read_tuning, source_files
from edgeflow.codegen.schedule import best_schedule
from edgeflow.codegen.stage import graph_to_compile
from edgeflow.errors import BudgetError, UsageError
from edgeflow.ops.candidates import candidates
from edgeflow.ops.registry import choices
from edgeflow.tune.choose import BUDGET, LEAST_GAIN_PER_BYTE, POOR, Chooser

# What a file takes, where nothing else is said.
FILE_BYTES = 500


def costs_of(graph, cost):
    """``cost(op, candidate, number)`` of every candidate, by key."""
    return {
        form_key(each.form): cost(op, each, number)
        for op in graph.ops
        for number, each in enumerate(candidates(graph, op, "dsp"))
    }


def plain_is_slow(_op, candidate, number):
    """The lowering's order; scalar kernels take half the time of plain ones, those for the core a tenth."""
    if is_plain(candidate.calls):
        return 100_000
    return 50_000 if candidate.functions[0].endswith("_scalar") else 10_000 - number


def is_plain(calls):
    return not any(call.function.endswith(("_dsp", "_scalar")) for call in calls)


def files_of(graph):
    return {
        name for op in graph.ops for each in candidates(graph, op, "dsp") for name in source_files(each.calls)
    }


def chooser(graph, cost=plain_is_slow, **code_bytes):
    sizes = dict.fromkeys(files_of(graph), FILE_BYTES)
    sizes |= {f"{name}.c": size for name, size in code_bytes.items()}
    return Chooser(graph, TunedOffer("dsp", costs_of(graph, cost)), sizes)


def test_candidates_begin_with_the_lowerings_own_and_differ(graph):
    for op in graph.ops:
        several = candidates(graph, op, "dsp")
        usual = choices(graph, op, "dsp")
        assert [[c.function for c in each.calls] for each in several[: len(usual)]] == [
            [c.function for c in calls] for calls in usual
        ]
        assert len({form_key(each.form) for each in several}) == len(several)
    kernels = {call.function for op in graph.ops for e in candidates(graph, op, "dsp") for call in e.calls}
    assert {"ef_conv_2d_s8", "ef_conv_2d_s8_dsp", "ef_conv_2d_s8_scalar"} <= kernels


def test_offer_keeps_the_first_and_orders_the_faster_ones_by_scratch(graph):
    offer = TunedOffer("dsp", costs_of(graph, plain_is_slow))
    for op in graph.ops:
        offered = offer.offered(graph, op)
        assert offered[0].candidate.calls[0].function == choices(graph, op, "dsp")[0][0].function
        for before, after in itertools.pairwise(offered):
            assert after.cost < before.cost
        for before, after in itertools.pairwise(offered[1:]):
            assert after.scratch_bytes >= before.scratch_bytes


def test_offer_refuses_what_was_never_measured(graph):
    with pytest.raises(UsageError, match="no measurement of CONV_2D"):
        TunedOffer("dsp", {})(graph, graph.ops[0])


def test_true_order_changes_nothing(graph):
    made = chooser(graph)
    assert made.fastest().cost == made.untuned().cost
    usual = best_schedule(graph, "dsp")
    functions = {index: [call.function for call in calls] for index, calls in usual.calls.items()}
    found = made.untuned().schedule.calls
    assert functions == {index: [call.function for call in calls] for index, calls in found.items()}


def test_faster_plain_kernels_are_taken_in_the_same_arena(graph):
    made = chooser(graph, lambda _op, each, _n: 10 if is_plain(each.calls) else 100_000)
    tuned = made.fastest()
    assert all(is_plain(calls) for calls in tuned.schedule.calls.values())
    assert tuned.schedule.plan.arena_bytes <= made.untuned().schedule.plan.arena_bytes


def test_slower_call_with_more_scratch_is_never_taken(graph):
    """Depthwise: the whole plane costs more here than one row at a time."""
    made = chooser(graph, lambda _op, each, number: 1_000 + number + 90_000 * is_plain(each.calls))
    depthwise = next(op for op in graph.ops if op.kind == "DEPTHWISE_CONV_2D")
    taken = made.fastest().calls[depthwise.index]
    assert taken.candidate.calls == choices(graph, depthwise, "dsp")[0] or taken.cost == 1_000


def test_kernel_of_little_gain_goes(graph):
    """A dense layer whose plain kernel takes no code and loses just less, or just more, than is allowed."""
    dense = next(op for op in graph.ops if op.kind == "FULLY_CONNECTED")
    own = {"ef_fully_connected_s8": 0, "ef_fully_connected_s8_dsp": 400, "ef_dense_dsp": 100}

    def with_gain(gain):
        def cost(op, each, number):
            if op is not dense:
                return plain_is_slow(op, each, number)
            return 10_000 + (gain if is_plain(each.calls) else 90_000 * number)

        return chooser(graph, cost, **own).fastest()

    allowed = LEAST_GAIN_PER_BYTE * 500 * with_gain(50_000).cost
    poor, worth = with_gain(round(0.9 * allowed)), with_gain(round(1.1 * allowed) + 1)
    assert "ef_fully_connected_s8_dsp.c" in worth.files
    assert not worth.given_up
    assert "ef_fully_connected_s8_dsp.c" not in poor.files
    assert [row.kernels for row in poor.given_up] == [("ef_fully_connected_s8_dsp",)]
    assert (poor.given_up[0].saved_bytes, poor.given_up[0].reason) == (500, POOR)


def test_budget_is_kept_and_costs_little(graph):
    """Less and less code: each budget is kept, and no smaller one is cheaper."""
    made = chooser(graph, ef_conv_2d_s8=200, ef_add_s8=150, ef_depthwise_conv_2d_s8=250)
    full = made.fastest()
    used = made.bytes_of(full.files)
    last = full.cost
    for limit in range(used, used - 2_000, -600):
        found = made.within(full, limit)
        assert made.bytes_of(found.files) <= limit
        assert found.cost >= last
        rows = [row for row in found.given_up if row.reason == BUDGET]
        assert sum(row.saved_bytes for row in rows) == used - made.bytes_of(found.files)
        assert sum(row.added_cost for row in rows) == found.cost - full.cost
        assert not {f"{name}.c" for row in rows for name in row.kernels} & found.files
        last = found.cost
    assert last > full.cost


def test_impossible_budget_says_what_is_left(graph):
    made = chooser(graph)
    with pytest.raises(BudgetError, match=r"smallest kernels take [\d,]+ B of code"):
        made.within(made.fastest(), 100)


def test_tuning_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "tuning.json"
    with pytest.raises(UsageError, match="cannot read"):
        read_tuning(path, "auto")
    path.write_text("{}")
    with pytest.raises(UsageError, match=r"is no `tuning\.json`"):
        read_tuning(path, "auto")
    path.write_text(json.dumps({"kernels": "dsp", "operators": [], "given_up": []}))
    with pytest.raises(UsageError, match="measured with the kernels `dsp`"):
        read_tuning(path, "scalar")
    assert read_tuning(path, "auto").kernels == "dsp"


def test_a_network_that_runs_in_another_order_than_its_file(shared_dir):
    graph = graph_to_compile(shared_dir / "models" / "models" / "mww_vad_stateful.tflite")
    choice = chooser(graph).fastest()
    assert [op.index for op in choice.schedule.graph.ops] != [op.index for op in graph.ops]
    assert choice.calls.keys() == {op.index for op in graph.ops}
    for index, calls in choice.schedule.calls.items():
        assert choice.calls[index].candidate.calls is calls
