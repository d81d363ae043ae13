"""What weighs most of a build that breaks a limit."""

from edgeflow.profile.budget import BudgetRow
from edgeflow.profile.cause import causes, explanation

OPERATORS = [
    {
        "index": index,
        "kind": "CONV_2D",
        "label": f"CONV_2D #{index}",
        "weights_bytes": weights,
        "executed_code_bytes": 100,
        "latency_us": latency,
    }
    for index, (weights, latency) in enumerate([(10, 5.0), (0, 20.0), (30, 75.0)])
]
PLAN = {
    "arena_bytes": 96,
    "live_bytes": [48, 96, 64],
    "placements": [
        {"name": "in", "role": "tensor", "byte_count": 48, "first_op": 0, "last_op": 0},
        {"name": "a", "role": "tensor", "byte_count": 32, "first_op": 0, "last_op": 1},
        {"name": "b", "role": "tensor", "byte_count": 64, "first_op": 1, "last_op": 2},
    ],
}


def of(*names):
    rows = [BudgetRow(name, 2.0, 1.0, 200.0, ok=False, kind="measured") for name in names]
    kept = BudgetRow("flash of board", 1.0, 2.0, 50.0, ok=True, kind="measured")
    return causes({"operators": OPERATORS}, PLAN, [*rows, kept])


def test_nothing_where_all_is_kept():
    assert of() is None
    assert of("budget.accuracy") is None


def test_figures_that_break_a_limit():
    assert of("ram (dtcm) of board", "budget.latency_ms")["figures"] == ["ram_bytes", "latency_us"]


def test_the_peak_names_what_is_alive_and_who_wrote_it():
    peak = of("budget.ram_bytes")["peak"]
    assert (peak["operator"], peak["live_bytes"]) == ("CONV_2D #1", 96)
    assert [(b["name"], b["byte_count"], b["written_by"]) for b in peak["buffers"]] == [
        ("b", 64, "CONV_2D #1"),
        ("a", 32, "CONV_2D #0"),
    ]


def test_the_heaviest_operators_first():
    found = of("budget.ram_bytes")
    assert [(row["index"], row["percent"]) for row in found["weights"]] == [(2, 75.0), (0, 25.0)]
    assert [(row["index"], row["percent"]) for row in found["slowest"]] == [(2, 75.0), (1, 20.0), (0, 5.0)]
    assert found["code"][0]["percent"] is None  # operators share kernels


def test_a_sentence_for_what_was_never_linked():
    network = {"operators": OPERATORS}
    assert explanation(network, PLAN, only_flash=True) == (
        "largest weights: CONV_2D #2 with 30 bytes, CONV_2D #0 with 10 bytes"
    )
    assert explanation(network, PLAN, only_flash=False) == (
        "alive at the arena's peak, CONV_2D #1: `b` with 64 bytes, `a` with 32 bytes"
    )
