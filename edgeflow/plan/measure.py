"""Carry candidates through the device half of the pipeline, several at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import msgspec

from edgeflow.artifact import read_json
from edgeflow.errors import UserError
from edgeflow.pipeline import Build, run_stages
from edgeflow.stages import chain

# More than any target has: the arena of a network that does not fit is known all the same.
_BOUNDLESS_BYTES = 1 << 30
SKIPPED = ("agreement", "host", "frames", "parity")


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one candidate: the content of profile.json.

    Of one that does not fit its target ``refusal`` is the sentence why, there is no profile, and ``totals``
    are only ``arena_bytes``, ``weights_bytes`` and ``macs``.
    """

    totals: Mapping[str, Any]
    seconds: float
    profile: Mapping[str, Any] | None = None
    refusal: str | None = None


def measure_all(
    builds: Mapping[str, Build], jobs: int, finished: Callable[[str, Measured], None]
) -> dict[str, Measured]:
    """The figures of every build, ``jobs`` at a time, each in a process of its own.

    Results are cached like those of any build, so that an interrupted plan goes on where it stopped.
    """
    found: dict[str, Measured] = {}
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(measure, build): name for name, build in builds.items()}
        try:
            for future in as_completed(waiting):
                name = waiting[future]
                found[name] = future.result()
                finished(name, found[name])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {name: found[name] for name in builds}


def measure(build: Build) -> Measured:
    """Generate, compile, link, run and profile one model; nothing is published."""
    start = time.monotonic()
    try:
        results = run_stages(build, chain(build, last="profile", without=SKIPPED), _silent, publish=False)
    except UserError as refusal:
        totals = _without_limits(build)
        return Measured(totals, time.monotonic() - start, refusal=refusal.message)
    profile = read_json(results["profile"] / "profile.json")
    return Measured(profile["totals"], time.monotonic() - start, profile)


def _without_limits(build: Build) -> dict[str, int]:
    """What code generation alone says, for a target of endless memory."""
    codegen = msgspec.structs.replace(build.project.codegen, regions=(_BOUNDLESS_BYTES,))
    boundless = replace(build, project=msgspec.structs.replace(build.project, codegen=codegen))
    results = run_stages(boundless, chain(boundless, last="codegen"), _silent, publish=False)
    operators = read_json(results["codegen"] / "network.json")["operators"]
    return {
        "arena_bytes": read_json(results["codegen"] / "memory_plan.json")["arena_bytes"],
        "weights_bytes": sum(operator["weights_bytes"] for operator in operators),
        "macs": sum(operator["macs"] for operator in operators),
    }


def _silent(_text: str) -> None:
    return None
