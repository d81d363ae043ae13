"""The export of a build as a stage: it needs the parity, so that nothing unchecked leaves edgeflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from edgeflow import __version__
from edgeflow.artifact import sha256_tree
from edgeflow.check_stages import checked_model, parity_inputs
from edgeflow.device_stages import declaration, emulator_of
from edgeflow.pipeline import Build, Stage, Work
from edgeflow.report_stages import versions
from edgeflow.resources import data_dir

if TYPE_CHECKING:
    from edgeflow.export.bundle import GoldenCase

# The first cases of the parity; a large model's are cut further.
_GOLDEN_CASES = 3


def _make_export(work: Work) -> None:
    from edgeflow.export.bundle import read_bundle
    from edgeflow.export.stage import run

    build, codegen = work.build, work.results["codegen"]
    quantized = work.results["quantize"] / "model_float.tflite" if "quantize" in work.results else None
    labels = work.results["data"] / "labels.txt" if "data" in work.results else None
    bundle = read_bundle(
        codegen,
        checked_model(work),
        name=build.project.project.name,
        labels=labels.read_text(encoding="utf-8").splitlines() if labels and labels.is_file() else (),
        golden=_golden(work),
        target=build.target,
        versions=versions(),
        preprocessing=declaration(work),
        float_model=quantized if quantized is not None and quantized.is_file() else None,
        model_card=work.results["report"] / "MODEL_CARD.md",
        options=build.project.export,
    )
    run(bundle, build.project.export.to, work.output_dir)


def _golden(work: Work) -> Sequence[GoldenCase]:
    """The first cases of the parity with what TFLite's reference kernels answer."""
    from edgeflow.emulate.desktop import DesktopRuntime
    from edgeflow.emulate.network import load_network
    from edgeflow.export.bundle import GoldenCase

    network = load_network(work.results["codegen"])
    inputs = [array[:_GOLDEN_CASES] for array in parity_inputs(work)]
    shapes = {info.tensor_id: info.shape for info in network.inputs}
    reference = DesktopRuntime(checked_model(work), subgraph=network.subgraph, shapes=shapes)
    outputs = reference.run(inputs)
    return [
        GoldenCase(
            tuple(array[case].tobytes() for array in inputs),
            tuple(array[case].tobytes() for array in outputs),
        )
        for case in range(len(inputs[0]))
    ]


def _export_parameters(build: Build) -> object:
    templates = sha256_tree(data_dir("firmware_templates"))
    to = msgspec.to_builtins(build.project.export)
    target = msgspec.to_builtins(build.target)
    return [to, target, templates, __version__, versions(), emulator_of(build)]


EXPORT_STAGES: tuple[Stage, ...] = (
    Stage(
        "export",
        ("data", "quantize", "codegen", "parity", "report"),
        ("export", "emulate", "firmware", "preprocess", "data"),
        ("jinja2", "numpy"),
        _export_parameters,
        _make_export,
    ),
)
