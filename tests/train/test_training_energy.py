"""Counters of the processor, the meter over several runs, and what the energy stands for."""

import pytest

from edgeflow.train.energy import Meter, find_counters, footprint
from edgeflow.train.options import EnergyOptions

RANGE_UJ = 1_000_000


def zone(root, folder, name, energy_uj):
    path = root / folder
    path.mkdir(parents=True)
    (path / "name").write_text(f"{name}\n")
    (path / "energy_uj").write_text(f"{energy_uj}\n")
    (path / "max_energy_range_uj").write_text(f"{RANGE_UJ}\n")
    return path / "energy_uj"


@pytest.fixture
def powercap(tmp_path):
    """The files of a processor with memory and a core zone, as the kernel lays them out."""
    root = tmp_path / "powercap"
    package = zone(root, "intel-rapl:0", "package-0", 999_000)
    zone(root, "intel-rapl:0:0", "core", 5)
    memory = zone(root, "intel-rapl:0:1", "dram", 100)
    zone(root, "intel-rapl:1", "psys", 7)
    return root, package, memory


def test_packages_and_memory_count_and_parts_of_them_do_not(powercap):
    root, _, _ = powercap
    assert [counter.name for counter in find_counters(root)] == ["package-0", "dram"]


def test_no_counters(tmp_path):
    assert find_counters(tmp_path) == []


def test_a_zone_that_cannot_be_read_is_left_out(powercap):
    root, package, _ = powercap
    package.unlink()
    assert [counter.name for counter in find_counters(root)] == ["dram"]


def test_sums_over_a_counter_that_wraps(powercap, tmp_path):
    root, package, memory = powercap
    meter = Meter.resume(tmp_path / "meter.json", find_counters(root), after_epochs=0)
    package.write_text("4000")  # 999,000 -> 1,000,000 = 0 -> 4,000
    memory.write_text("600")
    meter.lap()
    result = meter.result()
    assert result["energy_j"] == pytest.approx(0.005 + 0.0005, abs=1e-3)
    assert meter.energy_uj == 5500
    assert result["kind"] == "measured (RAPL counters of package-0, dram; the whole machine)"


def test_a_second_run_goes_on(powercap, tmp_path):
    root, package, _ = powercap
    file = tmp_path / "meter.json"
    package.write_text("0")
    first = Meter.resume(file, find_counters(root), after_epochs=0)
    package.write_text("1000")
    first.lap()
    package.write_text("5000")  # while nothing trained
    second = Meter.resume(file, find_counters(root), after_epochs=1)
    package.write_text("7000")
    second.lap()
    assert second.energy_uj == 3000
    assert second.seconds >= first.seconds
    assert second.result()["energy_j"] is not None


@pytest.mark.parametrize(
    "content", [None, "{", '{"seconds": 1.0}', '{"seconds": "x", "energy_uj": 1, "is_whole": true}']
)
def test_epochs_that_nobody_counted_make_no_whole(powercap, tmp_path, content):
    root, _, _ = powercap
    file = tmp_path / "meter.json"
    if content is not None:
        file.write_text(content)
    meter = Meter.resume(file, find_counters(root), after_epochs=3)
    meter.lap()
    assert meter.result()["energy_j"] is None
    assert meter.result()["kind"] == "not available: an earlier part of this training was not counted"


def test_counters_that_vanish(powercap, tmp_path):
    root, package, _ = powercap
    meter = Meter.resume(tmp_path / "meter.json", find_counters(root), after_epochs=0)
    package.unlink()
    meter.lap()
    assert meter.result()["energy_j"] is None


COUNTED = {"seconds": 10.0, "energy_j": 3600.0, "kind": "measured (by this test)"}
NOT_COUNTED = COUNTED | {"energy_j": None, "kind": "not available: no counters"}


def test_carbon_of_a_measured_energy():
    """3,600 J are a thousandth of a kilowatt-hour."""
    found = footprint(COUNTED, EnergyOptions(carbon_g_per_kwh=500.0))
    assert (found["energy_j"], found["carbon_g"]) == (3600.0, 0.5)
    assert found["kind"].startswith("measured")
    assert found["carbon_kind"].startswith("estimated")


def test_a_given_power_makes_an_estimate_only_where_nothing_was_counted():
    options = EnergyOptions(training_power_w=60.0)
    found = footprint(NOT_COUNTED, options)
    assert found["energy_j"] == 600.0
    assert found["kind"].startswith("estimated")
    assert footprint(COUNTED, options)["energy_j"] == 3600.0


def test_nothing_known_is_said():
    found = footprint(NOT_COUNTED, EnergyOptions())
    assert (found["energy_j"], found["carbon_g"]) == (None, None)
    assert found["carbon_kind"] == found["kind"]
