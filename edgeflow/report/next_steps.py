"""What to do next: sentences that follow from a report's own figures, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edgeflow.report.document import Report

# Shares from which on something is worth a sentence.
_ACCURACY_DROP = 0.01
_HEAVY_PERCENT = 40
_ROOM_PERCENT = 25
_GOOD_ACCURACY = 0.95
_IMBALANCE = 3
_MOST_CHANGES = 3


def next_steps(report: Report) -> list[str]:
    """One sentence or two each; empty when the figures ask for nothing."""
    return [sentence for rule in _RULES for sentence in rule(report)]


def _parity(report: Report) -> Iterator[str]:
    if report.parity and report.parity["differing_bytes"]:
        first = report.parity["first_divergence"] or {}
        where = first.get("operator") or "an output"
        yield f"Do not use this build: {where} differs from TFLite's bytes. Please report it with the model."


def _limits(report: Report) -> Iterator[str]:
    broken = [row["name"] for row in report.budgets if not row["ok"]]
    if not broken:
        return
    changes = [row for row in (report.advice or {"changes": []})["changes"] if row["keeps"]]
    if not changes:
        yield (
            f"Broken: {', '.join(broken)}. `edgeflow check --advise` builds and measures changes that would "
            "keep the limits."
        )
    for row in changes[:_MOST_CHANGES]:
        price = f"; it costs {row['price']}" if row["price"] else ""
        training = ", after a new training" if row["needs_training"] else ""
        yield f"`{row['command']}` keeps all limits{training} (measured){price}."


def _quantization(report: Report) -> Iterator[str]:
    evaluation = report.evaluation or {}
    plain, int8 = evaluation.get("float"), evaluation.get("int8")
    if not plain or not int8 or plain["accuracy"] - int8["accuracy"] < _ACCURACY_DROP:
        return
    points = 100 * (plain["accuracy"] - int8["accuracy"])
    layers = report.agreement["noise"]["layers"] if report.agreement else []
    known = [layer for layer in layers if layer["sqnr_db"] is not None]
    worst = f" Most noise is in {known[0]['kind']} #{known[0]['operator']}." if known else ""
    yield (
        f"int8 loses {points:.1f} points of accuracy: try a larger `quantize.calibration_per_class`.{worst}"
    )


def _hint(report: Report) -> Iterator[str]:
    if report.evaluation and report.evaluation.get("hint"):
        yield f"Check what the model expects: {report.evaluation['hint']}."


def _confusion(report: Report) -> Iterator[str]:
    int8 = (report.evaluation or {}).get("int8")
    if not report.evaluation or not int8:
        return
    names, matrix = report.evaluation["classes"], int8["confusion_matrix"]
    mistakes = [
        (count, true, guess)
        for true, row in enumerate(matrix)
        for guess, count in enumerate(row)
        if true != guess and count > 1
    ]
    if mistakes:
        count, true, guess = max(mistakes, key=lambda found: (found[0], -found[1], -found[2]))
        yield (
            f"{count} of {sum(matrix[true])} test cases of `{names[true]}` are taken for `{names[guess]}`, "
            "the most common mistake: look at them, and add pictures in which the two differ."
        )


def _data(report: Report) -> Iterator[str]:
    audit = report.audit or {}
    for key, advice in (
        ("conflicting_labels", "the same picture under two classes"),
        ("unreadable", "files that are no readable picture"),
    ):
        if audit.get(key):
            yield f"The data hold {advice} ({len(audit[key])}): `edgeflow data scan` names them."
    counts: dict[str, int] = (report.dataset or {}).get("counts", {}).get("train") or {}
    ranked = sorted(counts, key=lambda name: counts[name])
    least, most = (ranked[0], ranked[-1]) if ranked else ("", "")
    if ranked and counts[most] > _IMBALANCE * counts[least]:
        yield (
            f"`{least}` has {counts[least]} training cases, `{most}` {counts[most]}: "
            "more of the rare class help."
        )


def _training(report: Report) -> Iterator[str]:
    if report.history and report.history["best_epoch"] == len(report.history["epochs"]):
        yield "The last epoch was the best one: a larger `train.epochs` may still gain accuracy."


def _time(report: Report) -> Iterator[str]:
    operators = report.profile["operators"] if report.profile else []
    timed = [op for op in operators if op["percent"] is not None]
    heaviest = max(timed, key=lambda op: op["percent"], default=None)
    if heaviest and len(timed) > 1 and heaviest["percent"] >= _HEAVY_PERCENT:
        yield (
            f"Operator {heaviest['index']} ({heaviest['kind']}) takes {heaviest['percent']:.0f} % of the "
            "time: a change of this layer pays most."
        )


def _room(report: Report) -> Iterator[str]:
    int8 = (report.evaluation or {}).get("int8")
    if not report.profile or not int8 or int8["accuracy"] >= _GOOD_ACCURACY or not report.budgets:
        return
    shares = [row["percent"] for row in report.budgets if row["name"] != "budget.accuracy"]
    if shares and all(share is not None and share < _ROOM_PERCENT for share in shares):
        yield (
            f"No more than {max(shares):.0f} % of any limit is used: `edgeflow plan` shows what wider or "
            "deeper networks would take."
        )


def _measuring(report: Report) -> Iterator[str]:
    if report.profile and report.profile["kinds"]["latency_us"].startswith("estimated"):
        yield "The latency is an estimate: `edgeflow benchmark --serial PORT` measures it on your board."


_RULES: tuple[Callable[[Report], Iterator[str]], ...] = (
    _parity,
    _limits,
    _hint,
    _quantization,
    _confusion,
    _data,
    _training,
    _time,
    _room,
    _measuring,
)
