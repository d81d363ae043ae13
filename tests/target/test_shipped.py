"""The shipped targets: how many, of which cores, and their figures against a table written by hand."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from edgeflow.target.core import CORES, INFORMATION_CORES
from edgeflow.target.descriptor import (
    Target,
    load,
    load_target,
    shipped_boards,
    sourced_figures,
    target_names,
)

# From the same documents by hand, so that a slip of a digit in a descriptor shows; bytes that an
# application has of the first flash and the first RAM region.
with (Path(__file__).parent / "boards.csv").open() as table:
    BOARDS = {row["name"]: row for row in csv.DictReader(table)}
SYSTEMS = [each for each in map(load, target_names()) if not isinstance(each, Target)]


@pytest.mark.parametrize("name", BOARDS)
def test_board_figures(name):
    row, t = BOARDS[name], load_target(name)
    assert (t.core, t.clock_hz / 1e6) == (row["core"], float(row["mhz"]))
    assert (t.flash.origin, t.flash.size_bytes) == (int(row["flash"], 16), byte_count(row["flash_bytes"]))
    assert (t.ram.origin, t.ram.size_bytes) == (int(row["ram"], 16), byte_count(row["ram_bytes"]))


def byte_count(text):
    """``2M-256``: K and M are binary."""
    units = {"K": 1024, "M": 1024**2}
    first, *less = (int(p[:-1]) * units[p[-1]] if p[-1] in units else int(p) for p in text.split("-"))
    return first - sum(less)


def test_every_board_has_its_figures_checked():
    assert set(BOARDS) == {target.name for target in shipped_boards() if not target.generic}


def test_boards_of_every_core_and_enough_of_them():
    counts = Counter(target.core for target in shipped_boards() if not target.generic)
    assert set(counts) == {*CORES, *INFORMATION_CORES}
    assert sum(counts.values()) >= 40
    assert min(counts[core] for core in CORES) >= 3
    assert {target.core for target in shipped_boards() if target.generic} >= set(CORES) - {"cortex-m3"}


def test_phones_and_linux_boards_ship():
    counts = Counter(system.kind for system in SYSTEMS)
    assert counts["linux"] >= 8
    assert counts["phone"] >= 8


def test_first_page_has_the_numbers():
    boards = sum(not target.generic for target in shipped_boards())
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"[{boards} boards, {len(SYSTEMS)} phones and Linux boards](targets/README.md)" in readme


def test_every_real_target_has_sourced_figures_and_no_generic_one():
    for target in map(load, target_names()):
        generic = isinstance(target, Target) and target.generic
        assert (sourced_figures(target) == 0) if generic else (sourced_figures(target) >= 6), target.name


def test_figures_that_are_counted():
    """Core and clock, two regions, four figures of the flash, power and its voltage, three names."""
    assert sourced_figures(load("nucleo-l4r5zi")) == 2 + 2 * 2 + 4 + 2 + 3
    # Two regions, three reservations, and one name.
    assert sourced_figures(load("adafruit-feather-nrf52840")) == 2 + 2 * 2 + 3 + 1


def test_boards_that_edgeflow_can_flash():
    """Two boards of each maker's naming, and none whose boot ROM would refuse a bare image."""
    programmers = {board.name: board.programmer for board in shipped_boards() if board.programmer}
    assert len(programmers) >= 55
    assert programmers["nucleo-f446re"].probe_rs_chip == "STM32F446RETx"
    assert programmers["bbc-microbit-v2"].openocd_config == ("interface/cmsis-dap.cfg", "target/nrf52.cfg")
    assert programmers["nrf5340-dk"].zephyr_board == "nrf5340dk/nrf5340/cpuapp"
    assert programmers["esp32-s3-devkitc-1"].esp_idf_target == "esp32s3"
    for name, names in programmers.items():
        if name.startswith(("raspberry-pi", "mimxrt", "teensy", "esp32", "xiao")):
            assert (names.probe_rs_chip, names.openocd_config) == (None, ()), name
