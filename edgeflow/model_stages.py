"""The stages of the model half, as data: from pictures or a foreign model to int8 and its accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from edgeflow.artifact import read_json, sha256_file
from edgeflow.errors import DataError, InternalError
from edgeflow.pipeline import Build, Stage, Work

if TYPE_CHECKING:
    from edgeflow.agreement.stage import Original
    from edgeflow.importers.interface import Port

INTERPRETERS = ("tflite-runtime", "ai-edge-litert")


def is_imported(build: Build) -> bool:
    """Whether the build is of a foreign model that has to be converted or quantized first."""
    from edgeflow.importers.source import needs_import

    return build.model is not None and needs_import(build.model)


def _foreign_model(build: Build) -> Path:
    if build.model is None:
        raise InternalError("a stage of foreign models runs without one")
    return build.model


def _foreign_sha256(build: Build) -> str | None:
    from edgeflow.importers.fingerprint import model_sha256

    return model_sha256(build.model) if build.model else None


def _make_import(work: Work) -> None:
    from edgeflow.importers.formats import model_format
    from edgeflow.importers.stage import run

    model, options = _foreign_model(work.build), work.build.project.codegen
    run(
        model,
        work.output_dir,
        model_format=model_format(model),
        shapes=options.shapes,
        signature=options.signature,
        progress=work.progress,
    )


def _import_parameters(build: Build) -> object:
    options = build.project.codegen
    shapes = {name: list(shape) for name, shape in options.shapes.items()}
    return [_foreign_sha256(build), shapes, options.signature]


def _make_data(work: Work) -> None:
    from edgeflow.data.values import values_file

    project = work.build.project
    values = values_file(project.data, work.build.base_dir)
    if values is not None:
        _make_values(work, values)
        return
    from edgeflow.data.stage import run
    from edgeflow.importers.ports import picture_shape
    from edgeflow.preprocess.declaration import declaration

    shape = picture_shape(_ports(work)) if work.build.model else None
    run(
        work.output_dir,
        options=project.data,
        spec=declaration(project.preprocessing, shape=shape),
        seed=project.project.seed,
        base_dir=work.build.base_dir,
        class_order=_class_order(work.build),
        progress=work.progress,
    )


def _make_values(work: Work, values: Path) -> None:
    from edgeflow.data.values import Wanted, run

    project = work.build.project
    if work.build.model is None:
        raise DataError(
            f"`{values.name}` holds values, and the architectures that edgeflow trains take pictures",
            "give a model with --model, or a folder of pictures",
        )
    run(
        values,
        work.output_dir,
        inputs=[Wanted(port.name, port.shape, port.dtype, port.transposed) for port in _ports(work)],
        class_names=_class_order(work.build),
        options=project.data,
        seed=project.project.seed,
    )


def _ports(work: Work) -> Sequence[Port]:
    """The inputs of the foreign model."""
    from edgeflow.importers.ports import imported_inputs, int8_inputs

    if "import" in work.results:
        return imported_inputs(work.results["import"])
    return int8_inputs(_foreign_model(work.build))


def _class_order(build: Build) -> Sequence[str] | None:
    from edgeflow.data.labels import read_labels

    labels = build.project.model.labels
    return read_labels(build.base_dir / Path(labels).expanduser()) if labels else None


def _data_parameters(build: Build) -> object:
    from edgeflow.data.source import source_fingerprint
    from edgeflow.data.values import values_file

    options = build.project.data
    values = values_file(options, build.base_dir)
    return [
        msgspec.to_builtins(options),
        msgspec.to_builtins(build.project.preprocessing),
        build.project.project.seed,
        sha256_file(values) if values else source_fingerprint(options, build.base_dir),
        _class_order(build),
        None if is_imported(build) else _foreign_sha256(build),
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
    from edgeflow.importers.ports import check_class_count
    from edgeflow.quantize.stage import run

    project, results = work.build.project, work.results
    trained = "train" in results
    if not trained:
        check_class_count(results["import"], results["data"] / "labels.txt")
    run(
        results["train"] / "model.keras" if trained else results["import"] / "model_float.tflite",
        results["data"],
        work.output_dir,
        options=project.quantize,
        seed=project.project.seed,
        progress=work.progress,
    )


def _quantize_parameters(build: Build) -> object:
    return [msgspec.to_builtins(build.project.quantize), build.project.project.seed]


def _make_evaluate(work: Work) -> None:
    from edgeflow.emulate.accuracy import run

    if "quantize" in work.results:
        folder = work.results["quantize"]
        models = {kind: folder / f"model_{kind}.tflite" for kind in ("float", "int8")}
    else:
        models = {"int8": _foreign_model(work.build)}
    run(models, work.results["data"], work.output_dir, is_foreign=work.build.model is not None)
    hint = read_json(work.output_dir / "evaluation.json")["hint"]
    if hint:  # said before later stages, which wrong values may break
        work.progress(f"hint: {hint}")


def _evaluate_parameters(build: Build) -> object:
    return None if is_imported(build) else _foreign_sha256(build)


def _make_agreement(work: Work) -> None:
    from edgeflow.agreement.parts import parts_of
    from edgeflow.agreement.stage import run

    options = work.build.project.parity
    quantized, labels = work.results["quantize"], work.results["quantize"] / "labels.txt"
    names = labels.read_text(encoding="utf-8").splitlines() if labels.is_file() else None
    run(
        quantized,
        parts_of(work.results["data"], quantized, options.test_cases),
        work.output_dir,
        original=_original(work),
        options=options,
        class_count=None if names is None else len(names),
        progress=work.progress,
    )


def _original(work: Work) -> Original | None:
    """The model in its own framework; None where it came as the float ``.tflite`` itself."""
    from edgeflow.agreement.stage import Original
    from edgeflow.importers.formats import TITLES, model_format
    from edgeflow.importers.original import original_outputs

    if "import" not in work.results:
        trained = work.results["train"] / "model.keras"
        return Original("Keras", lambda inputs: original_outputs(trained, "keras", inputs, work.progress))
    model, record = _foreign_model(work.build), read_json(work.results["import"] / "import.json")
    kind = model_format(model)
    if kind == "tflite":
        return None
    signature = work.build.project.codegen.signature
    return Original(
        TITLES[kind],
        lambda inputs: original_outputs(
            model, kind, inputs, work.progress, signature=signature, record=record
        ),
    )


def _agreement_parameters(build: Build) -> object:
    return msgspec.to_builtins(build.project.parity)


MODEL_STAGES: tuple[Stage, ...] = (
    Stage(
        "import",
        (),
        ("importers", "train/process.py"),
        ("tensorflow-cpu", "tensorflow", "keras", "numpy"),
        _import_parameters,
        _make_import,
        hidden=("model_float.tflite",),  # quantize publishes it, too
    ),
    Stage(
        "data",
        ("import",),
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
        ("train", "import", "data"),
        ("quantize", "preprocess"),
        ("tensorflow-cpu", "tensorflow", "keras", "numpy"),
        _quantize_parameters,
        _make_quantize,
    ),
    Stage(
        "evaluate",
        ("import", "quantize", "data"),
        ("emulate", "preprocess"),
        (*INTERPRETERS, "numpy"),
        _evaluate_parameters,
        _make_evaluate,
    ),
    Stage(
        "agreement",
        ("train", "import", "quantize", "data"),
        ("agreement", "importers", "preprocess", "emulate"),
        (*INTERPRETERS, "tensorflow-cpu", "tensorflow", "keras", "numpy"),
        _agreement_parameters,
        _make_agreement,
    ),
)
