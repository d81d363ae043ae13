"""The stages of the model half, as data: from pictures to an int8 model and its accuracy."""

from __future__ import annotations

import msgspec

from edgeflow.pipeline import Build, Stage, Work

INTERPRETERS = ("tflite-runtime", "ai-edge-litert")


def _make_data(work: Work) -> None:
    from edgeflow.data.stage import run
    from edgeflow.preprocess.spec import picture_spec

    project = work.build.project
    run(
        work.output_dir,
        options=project.data,
        spec=picture_spec(project.preprocessing),
        seed=project.project.seed,
        base_dir=work.build.base_dir,
        progress=work.progress,
    )


def _data_parameters(build: Build) -> object:
    from edgeflow.data.source import source_fingerprint

    options = build.project.data
    return [
        msgspec.to_builtins(options),
        msgspec.to_builtins(build.project.preprocessing),
        build.project.project.seed,
        source_fingerprint(options, build.base_dir),
    ]


def _make_train(work: Work) -> None:
    from edgeflow.train.stage import run

    project = work.build.project
    run(
        work.results["data"],
        work.output_dir,
        work.work_dir,
        model=project.model,
        train=project.train,
        seed=project.project.seed,
        progress=work.progress,
    )


def _train_parameters(build: Build) -> object:
    project = build.project
    return [msgspec.to_builtins(project.model), msgspec.to_builtins(project.train), project.project.seed]


def _make_quantize(work: Work) -> None:
    from edgeflow.quantize.stage import run

    project = work.build.project
    run(
        work.results["train"],
        work.results["data"],
        work.output_dir,
        options=project.quantize,
        seed=project.project.seed,
        progress=work.progress,
    )


def _quantize_parameters(build: Build) -> object:
    return [msgspec.to_builtins(build.project.quantize), build.project.project.seed]


def _make_evaluate(work: Work) -> None:
    from edgeflow.emulate.accuracy import run

    run(work.results["quantize"], work.results["data"], work.output_dir)


def _none(_build: Build) -> None:
    return None


MODEL_STAGES: tuple[Stage, ...] = (
    Stage(
        "data",
        (),
        ("data", "preprocess"),
        ("numpy", "pillow", "scikit-learn"),
        _data_parameters,
        _make_data,
        hidden=("*.npz", "labels.txt"),
    ),
    Stage(
        "train",
        ("data",),
        ("train", "preprocess"),
        ("tensorflow-cpu", "tensorflow", "keras", "numpy"),
        _train_parameters,
        _make_train,
    ),
    Stage(
        "quantize",
        ("train", "data"),
        ("quantize", "preprocess"),
        ("tensorflow-cpu", "tensorflow", "keras", "numpy"),
        _quantize_parameters,
        _make_quantize,
    ),
    Stage(
        "evaluate",
        ("quantize", "data"),
        ("emulate", "preprocess"),
        (*INTERPRETERS, "numpy"),
        _none,
        _make_evaluate,
    ),
)
