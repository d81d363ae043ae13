"""What a project demands of the agreement, and the sentence for the first figure that breaks it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edgeflow.agreement.compare import Accuracy, Row
from edgeflow.agreement.options import ParityOptions
from edgeflow.errors import ParityError

FLOAT_HINT = (
    "the import changed what the model computes: look for another layout (NCHW, NHWC), padding or activation,"
    " or raise the threshold in [parity]"
)
INT8_HINT = (
    "look at the scales of the noisiest layers in `quantization.csv`; more calibration data may help"
    " (quantize.calibration_per_class), or relax [parity]"
)


def check(
    rows: Sequence[Row],
    accuracies: Sequence[Accuracy],
    options: ParityOptions,
    *,
    pair: tuple[str, str],
    is_classifier: bool,
    noisiest: str | None = None,
) -> None:
    """Raise ParityError for the first figure of a pair of models that breaks a threshold.

    Agreement of classes counts for classifiers only, and as whole cases: of few, one may always differ
    where the threshold is below 1. ``noisiest`` says which layer of the int8 model is to blame.
    """
    prefix, hint = ("int8", INT8_HINT) if pair[1] == "int8" else ("float", FLOAT_HINT)
    if prefix == "int8" and noisiest is not None:
        hint = f"{noisiest}: {hint}"
    for row in (row for row in rows if row.between == pair):
        where = f"{pair[0]} and {pair[1]} model, output {row.output} on {row.cases} {row.part} cases"
        sentence = _difference(row, prefix, options)
        if sentence is None and is_classifier and row.output == 0:
            sentence = _classes(row, f"{prefix}_argmax_agreement", options)
        if sentence is not None:
            raise ParityError(f"{where}: {sentence}", hint)
    if prefix == "int8":
        _check_accuracy(accuracies, options, hint)


def _difference(row: Row, prefix: str, options: ParityOptions) -> str | None:
    """Of int8 the mean counts: single values may well be some steps off."""
    if prefix == "int8":
        key, what, value = "int8_mean_difference", "mean", row.relative_mean_difference
    else:
        key, what, value = "float_max_difference", "largest", row.relative_max_difference
    limit: float = getattr(options, key)
    if value <= limit:
        return None
    return f"the {what} difference is {value:.3g} of the output's range, parity.{key} allows {limit:g}"


def _classes(row: Row, key: str, options: ParityOptions) -> str | None:
    least: float = getattr(options, key)
    if row.same_class is None or row.cases - row.same_class <= math.ceil(row.cases * (1 - least)):
        return None
    return f"{row.same_class} have the same class, parity.{key} demands a share of {least:g}"


def _check_accuracy(accuracies: Sequence[Accuracy], options: ParityOptions, hint: str) -> None:
    test = {each.model: each for each in accuracies if each.part == "test"}
    if not {"float", "int8"} <= set(test):
        return
    before, after = test["float"], test["int8"]
    if before.correct - after.correct > math.ceil(before.cases * options.int8_accuracy_drop):
        limit = options.int8_accuracy_drop
        raise ParityError(
            f"float and int8 model: the accuracy on {before.cases} test cases falls from"
            f" {before.accuracy:.4f} to {after.accuracy:.4f}, parity.int8_accuracy_drop allows {limit:g}",
            hint,
        )
