"""Which roof an operator is under, by hand from the figures of core and flash."""

import msgspec
import pytest

from edgeflow.profile.accuracy_class import ACCURACY_CLASSES, accuracy_class
from edgeflow.profile.cycles import CORE_MODELS
from edgeflow.profile.energy import energy_kind, energy_uj
from edgeflow.profile.roofline import PEAKS, roofline
from edgeflow.target.core import CORES
from edgeflow.target.descriptor import load_target, shipped_boards


def test_constants_behind_a_slow_flash_bind():
    """NUCLEO-L4R5ZI: 8 bytes in 6 cycles, so that a dense layer waits for its weights."""
    row = roofline(load_target("nucleo-l4r5zi")).of(64 * 12, 768 + 192, 64 + 12)
    assert (row["least_compute_cycles"], row["least_memory_cycles"]) == (384, round(960 / 1.333 + 76 / 4))
    assert (row["bound"], row["moved_bytes"], row["macs_per_byte"]) == ("memory", 1036, 0.74)


def test_the_bus_is_a_roof_above_a_fast_flash():
    """NUCLEO-F401RE: 16 bytes in 3 cycles, more than the 4 that a load takes."""
    roof = roofline(load_target("nucleo-f401re"))
    assert (roof.flash_bytes_per_cycle, roof.flash_source) == (4, "32-bit data bus")


def test_what_is_not_known_is_null_and_said():
    target = load_target("nucleo-l4r5zi")
    timing = msgspec.structs.replace(target.flash_timing, line_bytes=None)
    roof = roofline(msgspec.structs.replace(target, flash_timing=timing))
    row = roof.of(1000, 10, 10)
    assert (roof.flash_bytes_per_cycle, row["bound"], row["least_memory_cycles"]) == (None, None, None)
    assert "does not say" in roof.flash_source
    assert row["macs_per_byte"] == 50
    unknown = roofline(load_target("riscv32")).as_json()
    assert (unknown["peak_macs_per_cycle"], unknown["peak_source"]) == (None, "not known")


def test_every_core_with_a_fixed_multiplier_has_a_peak_with_its_source():
    assert set(PEAKS) == set(CORES) - {"rv32imc"}
    assert all(peak.macs_source and peak.bytes_source for peak in PEAKS.values())


def test_energy_from_power_by_clock_and_without_power():
    u575, pico = load_target("nucleo-u575zi-q"), load_target("raspberry-pi-pico")
    assert u575.power.uw_per_mhz == 155.7
    assert energy_uj(u575, 1000.0) == round(155.7 * u575.clock_hz / 1e6 / 1000, 1)
    assert energy_uj(u575, None) is None
    assert energy_uj(pico, 1000.0) is None
    error = accuracy_class("cortex-m33", "nucleo-u575zi-q", has_flash=True)
    assert "x estimated latency, ±15 %; power: middle of" in energy_kind(u575, error)
    assert energy_kind(pico, error) == "not available: no measured power for raspberry-pi-pico"
    assert energy_kind(u575, None) == "not available: no latency for cortex-m33"


@pytest.mark.parametrize(
    ("core", "target", "has_flash", "percent"),
    [
        ("cortex-m4f", "nucleo-l4r5zi", True, 10),
        ("cortex-m4f", "nucleo-l4r5zi", False, 15),
        ("cortex-m4f", "nucleo-f446re", True, 15),
        ("cortex-m33", "nrf5340-dk", True, 10),
        ("cortex-m33", "cortex-m33", False, 15),
        ("cortex-m7", "cortex-m7", False, 25),
        ("cortex-m0plus", "raspberry-pi-pico", False, None),
        ("cortex-m3", "nucleo-f103rb", True, None),
        ("cortex-m55", "cortex-m55", False, None),
        ("rv32imc", "riscv32", False, None),
    ],
)
def test_error_class_of_an_estimate(core, target, has_flash, percent):
    found = accuracy_class(core, target, has_flash=has_flash)
    assert found.error_percent == percent
    assert str(found).startswith("not validated" if percent is None else f"±{percent} %, ")


def test_every_core_has_a_class_and_every_named_target_exists():
    assert {row.core for row in ACCURACY_CLASSES} == set(CORES) >= set(CORE_MODELS)
    boards = {board.name: board.core for board in shipped_boards()}
    assert all(boards[name] == row.core for row in ACCURACY_CLASSES for name in row.targets)
