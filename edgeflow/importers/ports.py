"""The inputs of a foreign model, of one that was imported or of one that came as int8."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path

from edgeflow.artifact import read_json
from edgeflow.errors import DataError
from edgeflow.importers.interface import Port
from edgeflow.quantize.flatbuffer import read_facts

# A real value enters a quantized input by its scale.
_REAL = "float32"


def imported_inputs(import_dir: Path) -> list[Port]:
    """The inputs that an import stage has written down."""
    return [
        Port(
            entry["name"],
            tuple(entry["source_shape"]),
            tuple(entry["shape"]),
            entry["dtype"],
            None if entry["transposed"] is None else tuple(entry["transposed"]),
        )
        for entry in read_json(import_dir / "import.json")["inputs"]
    ]


def int8_inputs(model: Path) -> list[Port]:
    """The inputs of a ``.tflite``; those that are quantized take real values."""
    facts = read_facts(model)
    found = []
    for index in facts.inputs:
        tensor = facts.tensor(0, index)
        dtype = _REAL if tensor.scales else tensor.dtype.lower()
        found.append(Port(tensor.name, tensor.shape, tensor.shape, dtype))
    return found


def picture_shape(ports: Sequence[Port]) -> tuple[int, int, int]:
    """Height, width and channels of the picture that a model takes.

    Raises DataError when it takes something else.
    """
    if len(ports) != 1:
        names = ", ".join(f"`{port.name}`" for port in ports)
        raise DataError(f"the model has {len(ports)} inputs ({names}), pictures are one", _VALUES_HINT)
    (port,) = ports
    if len(port.shape) != 4 or port.shape[0] != 1 or port.shape[3] not in {1, 3}:
        raise DataError(
            f"the model's input `{port.name}` is {list(port.shape)}, no picture [1, height, width, 1 or 3]",
            _VALUES_HINT,
        )
    return port.shape[1], port.shape[2], port.shape[3]


def check_class_count(import_dir: Path, labels: Path) -> None:
    """Raise DataError when a classifier has another number of scores than the data have classes.

    Before minutes are spent on the calibration. A model with several outputs, or one that is no list of
    scores, is no classifier: nothing is measured with the labels then.
    """
    outputs = read_json(import_dir / "import.json")["outputs"]
    sizes = [size for size in outputs[0]["shape"] if size != 1]
    if len(outputs) != 1 or len(sizes) > 1 or not labels.is_file():
        return
    scores, classes = prod(sizes), len(labels.read_text(encoding="utf-8").splitlines())
    if scores != classes and (scores, classes) != (1, 2):
        raise DataError(
            f"the model gives {scores} scores (`{outputs[0]['name']}`) but the data have {classes} classes",
            "use data with the classes that the model was trained on, or an .npz without labels",
        )


_VALUES_HINT = "give real values as --data FILE.npz with arrays in0, in1 ... and, if there are, labels"
