"""What boards measured, in a profile: it takes the estimate's place, or says how far estimates were off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edgeflow.profile.energy import energy_uj
from edgeflow.target.descriptor import Target

Json = dict[str, Any]


def with_measurements(
    profile: Json, rows: Sequence[Mapping[str, Any]], target: Target, model_sha256: str
) -> Json:
    """A profile with ``measured``: the row of this very model on this target, or null.

    Its latency is the profile's then, and energy follows from it. Rows of other models on this target only
    add to the kind of the estimate how much longer than estimated they took.
    """
    own = next((dict(row) for row in rows if row["model_sha256"] == model_sha256), None)
    result: Json = {**profile, "measured": own}
    estimate = profile["totals"]["latency_us"]
    if own is not None:
        latency_us = round(own["latency_us"], 1)
        result["totals"] = profile["totals"] | {
            "latency_us": latency_us,
            "energy_uj": energy_uj(target, latency_us),
        }
        result["kinds"] = profile["kinds"] | {"latency_us": _kind(own, estimate)}
        return result
    ratios = [row["latency_us"] / row["estimated_us"] for row in rows if row.get("estimated_us")]
    if ratios and estimate is not None:
        times = f"{min(ratios):.2f} to {max(ratios):.2f}" if len(ratios) > 1 else f"{ratios[0]:.2f}"
        note = f"; on this target {len(ratios)} measured took {times} times their estimates"
        text = profile["kinds"]["latency_us"]
        result["kinds"] = profile["kinds"] | {"latency_us": f"{text.removesuffix(')')}{note})"}
    return result


def _kind(row: Mapping[str, Any], estimate_us: float | None) -> str:
    day = str(row["measured_at"])[:10]
    text = f"measured (on `{row['board']}` on {day}, {row['inferences']} inferences"
    if estimate_us is None:
        return f"{text})"
    return f"{text}; estimated {estimate_us:,.1f} us, ratio {row['latency_us'] / estimate_us:.2f})"
