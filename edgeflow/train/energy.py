"""Energy of a training, where the processor counts it.

Linux shows the counters of Intel and AMD processors (RAPL) as files below ``/sys/class/powercap``
(docs.kernel.org/power/powercap): microjoules since some time, back to zero at ``max_energy_range_uj``.
Counted are processor packages and memory, of the whole machine: other work at the same time is in it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgeflow.artifact import read_json, write_json
from edgeflow.train.options import EnergyOptions

POWERCAP = Path("/sys/class/powercap")
SCHEMA = 1
JOULES_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True)
class Counter:
    """One zone: its folder, what it counts, and where it wraps around."""

    folder: Path
    name: str
    range_uj: int

    def read_uj(self) -> int:
        """Microjoules since its last wrap. Raises OSError when it cannot be read."""
        return int((self.folder / "energy_uj").read_text())


def find_counters(root: Path = POWERCAP) -> list[Counter]:
    """The readable counters of packages and memory; their other subzones are parts of the package."""
    found = []
    for folder in sorted(root.glob("intel-rapl:*")):
        try:
            name = (folder / "name").read_text().strip()
            counter = Counter(folder, name, int((folder / "max_energy_range_uj").read_text()))
            counter.read_uj()
        except (OSError, ValueError):
            continue  # no such attribute, or only root may read it
        if name.startswith("package") or name == "dram":
            found.append(counter)
    return found


@dataclass(slots=True)
class Meter:
    """Sums time and energy of a training, also over several runs of it; ``file`` keeps the sums."""

    file: Path
    counters: list[Counter]
    seconds: float = 0.0
    energy_uj: int = 0
    # False as soon as a part of the training was not counted.
    is_whole: bool = True
    _started: float = 0.0
    _last: list[int] = field(default_factory=list)

    @classmethod
    def resume(cls, file: Path, counters: list[Counter], *, after_epochs: int) -> Meter:
        """A running meter that goes on from the file; without one, earlier epochs are not counted."""
        meter = cls(file, counters, is_whole=bool(counters))
        try:
            kept = read_json(file) if after_epochs else {"seconds": 0.0, "energy_uj": 0, "is_whole": True}
            meter.seconds, meter.energy_uj = float(kept["seconds"]), int(kept["energy_uj"])
            meter.is_whole = meter.is_whole and bool(kept["is_whole"])
        except (OSError, ValueError, KeyError, TypeError):
            meter.is_whole = False
        meter._start()
        return meter

    def lap(self) -> None:
        """Add what has passed since the last lap, and keep the sums."""
        now = time.monotonic()
        self.seconds += now - self._started
        self._started = now
        try:
            readings = [counter.read_uj() for counter in self.counters]
        except OSError:
            self.counters, self.is_whole, readings = [], False, []
        for counter, before, after in zip(self.counters, self._last, readings, strict=False):
            self.energy_uj += (after - before) % counter.range_uj
        self._last = readings
        write_json(
            self.file, {"seconds": self.seconds, "energy_uj": self.energy_uj, "is_whole": self.is_whole}
        )

    def result(self) -> dict[str, object]:
        """The content of ``training_energy.json``."""
        names = ", ".join(counter.name for counter in self.counters)
        kind = (
            f"measured (RAPL counters of {names}; the whole machine)"
            if self.is_whole
            else "not available: this machine has no readable energy counters"
            if not self.counters
            else "not available: an earlier part of this training was not counted"
        )
        return {
            "schema": SCHEMA,
            "seconds": round(self.seconds, 3),
            "energy_j": round(self.energy_uj / 1e6, 3) if self.is_whole else None,
            "kind": kind,
        }

    def _start(self) -> None:
        self._started = time.monotonic()
        self._last = [counter.read_uj() for counter in self.counters]


def footprint(record: Mapping[str, Any], options: EnergyOptions) -> dict[str, Any]:
    """A ``training_energy.json`` with an estimate where nothing was counted, and the carbon it stands for."""
    joules, kind = record["energy_j"], record["kind"]
    if joules is None and options.training_power_w is not None:
        joules = round(record["seconds"] * options.training_power_w, 3)
        kind = f"estimated (time of the epochs at energy.training_power_w = {options.training_power_w:g} W)"
    carbon = None if joules is None else round(joules / JOULES_PER_KWH * options.carbon_g_per_kwh, 4)
    return {
        "seconds": record["seconds"],
        "energy_j": joules,
        "kind": kind,
        "carbon_g": carbon,
        "carbon_kind": kind
        if carbon is None
        else f"estimated (that energy at {options.carbon_g_per_kwh:g} g of CO2 for a kilowatt-hour)",
    }
