"""Golden cases: raw pictures or sounds to the network's input, and inputs to outputs, byte by byte."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .classifier import FOLDER, Array, Classifier
from .runtime import steps_off

# Of outputs that cannot be compared in steps.
UNLIKE = 1 << 32


def selftest(say: Callable[[str], None]) -> bool:
    """Say one line for each case, then PASS or FAIL; True when all are what they must be.

    On reference kernels: what the default ones give may be a step off, and says nothing of the model.
    """
    golden = json.loads((FOLDER / "golden.json").read_text(encoding="utf-8"))
    model = Classifier("reference")
    raw = [_steps_of_input(model, case) for case in golden["raw"]]
    network = [_steps_of_outputs(model, case) for case in golden["network"]]
    passed = _said(say, f"{model.name}: {model.takes}", raw, 0)
    passed &= _said(say, f"{model.name}: case", network, steps_off())
    say("PASS" if passed else "FAIL")
    return passed


def _said(say: Callable[[str], None], what: str, results: list[int], allowed: int) -> bool:
    for number, steps in enumerate(results, 1):
        within = f"is within {allowed} steps" if steps <= allowed else "differs"
        say(f"{what} {number} of {len(results)} {within if steps else 'is equal'}")
    return all(steps <= allowed for steps in results)


def _steps_of_input(model: Classifier, case: Mapping[str, Any]) -> int:
    data = b64decode(case["data"])
    if model.takes == "picture":
        shape = (case["height"], case["width"], case["channels"])
        tensor = model.prepare_pixels(np.frombuffer(data, np.uint8).reshape(shape))
    else:
        tensor = model.prepare_samples(np.frombuffer(data, "<i2").astype(np.int16))
    return 0 if hashlib.sha256(tensor.tobytes()).hexdigest() == case["input_sha256"] else UNLIKE


def _steps_of_outputs(model: Classifier, case: Mapping[str, Any]) -> int:
    model.reset()
    outputs = model.run(model.raw([b64decode(text) for text in case["inputs"]]))
    expected = [b64decode(text) for text in case["outputs"]]
    return max(_steps(output, data) for output, data in zip(outputs, expected, strict=True))


def _steps(output: Array, expected: bytes) -> int:
    if output.tobytes() == expected:
        return 0
    if output.dtype.kind not in "iu" or len(expected) != output.nbytes:
        return UNLIKE
    other = np.frombuffer(expected, output.dtype).astype(np.int64)
    return int(np.abs(output.reshape(-1).astype(np.int64) - other).max())
