"""Energy of an inference: measured power of the part while a network runs, times the estimated latency."""

from __future__ import annotations

from edgeflow.profile.accuracy_class import AccuracyClass
from edgeflow.target.descriptor import Target


def inference_mw(target: Target) -> float | None:
    """The target's power during inference at its clock, None where nobody measured it."""
    power = target.power
    if power is None:
        return None
    if power.inference_mw is not None:
        return float(power.inference_mw)
    return None if power.uw_per_mhz is None else power.uw_per_mhz * target.clock_hz / 1e9


def energy_uj(target: Target, latency_us: float | None) -> float | None:
    """Microjoules, None without power or latency."""
    power_mw = inference_mw(target)
    return None if power_mw is None or latency_us is None else round(power_mw * latency_us / 1000, 1)


def energy_kind(target: Target, error: AccuracyClass | None) -> str:
    """How the figure came about, or why there is none; ``error`` is that of the latency, None without one."""
    power_mw = inference_mw(target)
    if power_mw is None or target.power is None:
        return f"not available: no measured power for {target.name}"
    if error is None:
        return f"not available: no latency for {target.core}"
    supply = f"{target.power.supply_mv / 1000:g} V"
    latency = f"estimated latency, {error.short}"
    return f"estimated ({power_mw:.1f} mW at {supply} x {latency}; power: {target.power.condition})"
