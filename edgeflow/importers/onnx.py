"""ONNX models, also those that PyTorch exported: a float ``.tflite`` that was checked against onnxruntime.

The process that imports this module sees the converter's own packages (``environment``). TensorFlow runs
in one more process: it and onnxsim in one end in a segmentation fault.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgeflow.artifact import copy_file, read_json
from edgeflow.errors import ModelError
from edgeflow.importers.environment import pins
from edgeflow.importers.interface import Converted, Port
from edgeflow.importers.onnx_steps.load import load_model
from edgeflow.importers.onnx_steps.prepare import prepare
from edgeflow.importers.onnx_steps.run import Session, to_model, to_source
from edgeflow.train.process import ProcessDiedError, run_in_process

Array = npt.NDArray[np.generic]
_TOOLS = ("onnx", "onnx2tf", "onnxruntime", "onnxsim", "tf-keras")


def convert(model: Path, out_dir: Path, *, shapes: Mapping[str, Sequence[int]]) -> Converted:
    """Write ``model_float.tflite``; its channels are last where the source has them second.

    Raises ModelError for a file that is damaged or cannot be converted and for a float model that does
    not compute what onnxruntime does.
    """
    with tempfile.TemporaryDirectory(prefix="edgeflow-onnx-") as folder:
        work_dir = Path(folder)
        prepare(model, shapes, work_dir)
        try:
            job = {"work_dir": folder, "name": model.name}
            run_in_process("edgeflow.importers.onnx_steps.lower", job, lambda _text: None)
        except ProcessDiedError as error:
            raise ModelError(
                f"the conversion of `{model.name}` broke off: {error.message}",
                "is every weight a finite number, and does the model run in onnxruntime?",
            ) from error
        copy_file(work_dir / "model_float.tflite", out_dir / "model_float.tflite")
        source, lowered = (read_json(work_dir / f"{name}.json") for name in ("source", "lowered"))
    return Converted(
        tuple(_port(each) for each in source["inputs"]),
        tuple(_port(each) for each in lowered["outputs"]),
        {name: pins()[name] for name in _TOOLS},
        {"against": "onnxruntime", **_worst(lowered["outputs"])},
    )


def original_outputs(model: Path, inputs: Sequence[Array], *, record: Mapping[str, Any]) -> list[Array]:
    """What onnxruntime computes of cases; ``record`` is the ``import.json``, which knows the moved axes."""
    orders = [each["transposed"] for each in record["inputs"]]
    cases = [to_source(each, order) for each, order in zip(inputs, orders, strict=True)]
    names = [each["name"] for each in record["inputs"]]
    shapes = {name: case.shape[1:] for name, case in zip(names, cases, strict=True)}
    session = Session(load_model(model, shapes)[1].SerializeToString(), model.name)
    found = [session.outputs(dict(zip(names, case, strict=True))) for case in zip(*cases, strict=True)]
    ports = zip(zip(*found, strict=True), record["outputs"], strict=True)
    return [to_model(np.stack(results), port["transposed"]) for results, port in ports]


def _port(facts: Mapping[str, Any]) -> Port:
    order = facts["transposed"]
    return Port(
        facts["name"],
        tuple(facts["source_shape"]),
        tuple(facts["shape"]),
        facts["dtype"],
        None if order is None else tuple(order),
    )


def _worst(outputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    worst = max(outputs, key=lambda each: each["max_difference"] / (each["max_value"] or 1.0))
    return {
        "output": worst["name"],
        "max_difference": worst["max_difference"],
        "max_value": worst["max_value"],
    }
