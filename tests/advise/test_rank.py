"""Which changes help, which keep the limits, and in which order they are offered."""

from edgeflow.advise.change import Change
from edgeflow.advise.rank import advice, broken_figures, left_for_code, ranked
from edgeflow.plan.measure import Measured

BUDGETS = {"ram_bytes": 300.0, "flash_bytes": None, "latency_ms": None, "energy_uj": None, "accuracy": 0.9}


def measured(ram, flash=1000, latency=50.0):
    totals = {"ram_bytes": ram, "flash_bytes": flash, "latency_us": latency, "arena_bytes": ram - 50}
    totals |= {"weights_bytes": 600, "energy_uj": None}
    kinds = dict.fromkeys(totals, "measured (by this test)")
    memory = [{"kind": "ram", "name": "sram", "used_bytes": ram, "limit_bytes": 500}]
    return Measured(totals, 1.0, {"totals": totals, "kinds": kinds, "memory": memory, "target": "board"})


NOW = measured(400)
REFUSED = Measured({"arena_bytes": 900, "weights_bytes": 600, "macs": 5}, 1.0, refusal="too large")


def row(name, figures, effort=1, now=NOW):
    return advice(Change({"codegen.kernels": name}, effort, "nothing"), figures, now, BUDGETS)


def order(*rows, broken=("ram_bytes",)):
    return [each.change.settings["codegen.kernels"] for each in ranked(rows, broken)]


def test_the_broken_figure_is_found():
    assert broken_figures(NOW, BUDGETS) == ("ram_bytes",)
    assert broken_figures(NOW, BUDGETS | {"latency_ms": 0.01}) == ("ram_bytes", "latency_us")
    assert broken_figures(measured(501), {}) == ("ram_bytes",)  # the target's own memory
    assert broken_figures(measured(200), BUDGETS) == ()  # accuracy is not of this kind
    assert broken_figures(REFUSED, {}) == ("ram_bytes", "flash_bytes")


def test_keeping_ones_first_the_least_intrusive_of_them_first():
    assert order(
        row("saves most", measured(100), effort=12),
        row("not enough", measured(301), effort=1),
        row("mild", measured(290), effort=1),
        row("mild and better", measured(280), effort=1),
        row("better than nothing", measured(399), effort=1),
    ) == ["mild and better", "mild", "saves most", "not enough", "better than nothing"]


def test_what_saves_nothing_is_left_out():
    assert order(row("more", measured(401)), row("same", measured(400))) == []


def test_of_equal_results_the_less_intrusive_stays():
    assert order(row("hard", measured(200), effort=5), row("easy", measured(200), effort=2)) == ["easy"]


def test_saving_is_the_difference_where_both_are_known():
    saving = row("less", measured(250, flash=1100)).saving
    assert (saving["ram_bytes"], saving["flash_bytes"]) == (150, -100)
    assert "energy_uj" not in saving


def test_a_program_that_did_not_fit_counts_by_its_arena():
    fitting = row("fits", measured(250), now=REFUSED)
    assert fitting.keeps
    assert fitting.saving == {"arena_bytes": 700, "weights_bytes": 0}
    smaller = Measured({"arena_bytes": 800, "weights_bytes": 600, "macs": 5}, 1.0, refusal="still too large")
    still = row("smaller", smaller, now=REFUSED)
    assert still.broken == ("still too large",)
    assert order(still, fitting, broken=broken_figures(REFUSED, {})) == ["fits", "smaller"]


def test_code_has_what_flash_leaves():
    assert left_for_code(NOW, BUDGETS | {"flash_bytes": 900.0}) == 300
    assert left_for_code(NOW, BUDGETS | {"flash_bytes": 600.0}) is None
    assert left_for_code(NOW, BUDGETS | {"flash_bytes": 1000.0}) is None
    assert left_for_code(REFUSED, BUDGETS | {"flash_bytes": 900.0}) is None
