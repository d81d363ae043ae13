"""Look at a model of any format for one target: what will not compile, not be int8 or not fit."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgeflow.codegen.options import CodegenOptions
from edgeflow.codegen.stage import compile_graph
from edgeflow.device_stages import codegen_options
from edgeflow.errors import BudgetError, ModelError
from edgeflow.frontend.interface import Choice
from edgeflow.frontend.tflite import read_model
from edgeflow.ir.graph import Graph
from edgeflow.model_stages import is_imported
from edgeflow.passes.run import run_passes
from edgeflow.pipeline import Build, Progress, run_stages
from edgeflow.preflight.finding import Finding, findings, layer
from edgeflow.preflight.fit import Fit, constant_bytes, fullest, room
from edgeflow.quantize import rough
from edgeflow.stages import chain
from edgeflow.target.descriptor import Target

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Preflight:
    """The answer: ``operators`` counts those that are left after the passes."""

    model: str
    target: str
    operators: int
    findings: tuple[Finding, ...]
    fit: Fit
    is_rough: bool

    def as_json(self) -> dict[str, Any]:
        """As ``check-model --json`` prints it."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "target": self.target,
            "operators": self.operators,
            "findings": [finding.as_json() for finding in self.findings],
            "fit": self.fit.as_json(),
            "ranges": "noise: sizes and operators only" if self.is_rough else "of the model",
        }


def run(build: Build, progress: Progress) -> Preflight:
    """The preflight of ``build.model`` on the build's target.

    A float model is imported as a build would do it, and quantized with invented ranges. Raises ModelError
    when the model cannot be read or converted at all.
    """
    if build.model is None:
        raise ModelError("there is no model to look at", "edgeflow check-model FILE")
    options = codegen_options(build)
    is_rough = is_imported(build)
    with tempfile.TemporaryDirectory(prefix="edgeflow-preflight-") as folder:
        path = build.model
        if is_rough:
            results = run_stages(build, chain(build, last="import"), progress, publish=False)
            path = Path(folder) / f"{build.model.stem}.tflite"
            progress("quantizing with invented ranges: only operators and sizes count")
            rough.run(results["import"] / "model_float.tflite", path, progress)
        graph = run_passes(
            read_model(path, Choice(options.shapes, options.signature)), options.disabled_passes
        )
    found = tuple(findings(graph))
    fit = _fit(graph, build.target, options, is_legal=not found)
    return Preflight(build.model.name, build.target.name, len(graph.ops), found, fit, is_rough)


def _fit(graph: Graph, target: Target, options: CodegenOptions, *, is_legal: bool) -> Fit:
    flash_bytes, ram_bytes = room(target)
    activation_bytes, op = fullest(graph)
    weights_bytes = constant_bytes(graph)
    if is_legal:
        # Without the target's regions: what does not fit them has a size all the same.
        program = compile_graph(
            graph,
            name="preflight",
            source_sha256="",
            kernels="plain" if options.kernels == "auto" else options.kernels,
            stripes=options.stripes,
            max_recompute=options.max_recompute,
        )
        activation_bytes, weights_bytes = sum(program.arena_parts), program.weights_bytes
    return Fit(
        weights_bytes, activation_bytes, is_legal, layer(graph, op) if op else "", flash_bytes, ram_bytes
    )


def require_flight(answer: Preflight) -> None:
    """Raise ModelError for operators that cannot be compiled, BudgetError for a model that cannot fit."""
    if answer.findings:
        first = answer.findings[0]
        more = f" and {len(answer.findings) - 1} more" if len(answer.findings) > 1 else ""
        hint = f"instead of {first.kind} try {first.replacement}" if first.replacement else "`edgeflow ops`"
        raise ModelError(
            f"`{answer.model}` has {first.kind} in `{first.layer}`{more}, which cannot be int8 code", hint
        )
    fit = answer.fit
    if fit.fits is False:
        what, needed, limit = (
            ("weights", fit.weights_bytes, fit.flash_bytes)
            if fit.weights_bytes > fit.flash_bytes
            else ("activations", fit.activation_bytes, fit.ram_bytes)
        )
        raise BudgetError(
            f"the {what} of `{answer.model}` need {needed:,} bytes, `{answer.target}` has {limit:,}",
            "a smaller input or width, or a larger target; `edgeflow check --advise` tries changes",
        )
