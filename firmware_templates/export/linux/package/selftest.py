"""Golden cases: raw pictures or sounds to the network's input, and inputs to outputs, byte by byte."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .classifier import FOLDER, Classifier


def selftest(say: Callable[[str], None]) -> bool:
    """Say one line for each case, then PASS or FAIL; True when all are equal.

    On reference kernels: what the default ones give may be a step off, and says nothing of the model.
    """
    golden = json.loads((FOLDER / "golden.json").read_text(encoding="utf-8"))
    model = Classifier("reference")
    results = [
        *_said(say, f"{model.name}: {model.takes}", golden["raw"], lambda case: _is_prepared(model, case)),
        *_said(say, f"{model.name}: case", golden["network"], lambda case: _is_answered(model, case)),
    ]
    say("PASS" if all(results) else "FAIL")
    return all(results)


def _said(
    say: Callable[[str], None], what: str, cases: list[Any], is_equal: Callable[[Any], bool]
) -> list[bool]:
    results = [is_equal(case) for case in cases]
    for number, result in enumerate(results, 1):
        say(f"{what} {number} of {len(cases)} {'is equal' if result else 'differs'}")
    return results


def _is_prepared(model: Classifier, case: Mapping[str, Any]) -> bool:
    data = b64decode(case["data"])
    if model.takes == "picture":
        shape = (case["height"], case["width"], case["channels"])
        tensor = model.prepare_pixels(np.frombuffer(data, np.uint8).reshape(shape))
    else:
        tensor = model.prepare_samples(np.frombuffer(data, "<i2").astype(np.int16))
    digest: str = case["input_sha256"]
    return hashlib.sha256(tensor.tobytes()).hexdigest() == digest


def _is_answered(model: Classifier, case: Mapping[str, Any]) -> bool:
    model.reset()
    outputs = model.run(model.raw([b64decode(text) for text in case["inputs"]]))
    expected = [b64decode(text) for text in case["outputs"]]
    return [output.tobytes() for output in outputs] == expected
