"""The report: ``report.json`` for programs, ``report.html`` for people, ``MODEL_CARD.md`` for the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from edgeflow.artifact import write_json, write_text
from edgeflow.report.card import CARD_NAME, Maker, model_card
from edgeflow.report.document import Report, assemble
from edgeflow.report.html import render
from edgeflow.report.surroundings import with_surroundings
from edgeflow.target.descriptor import Target

JSON_NAME = "report.json"
HTML_NAME = "report.html"


def run(
    out_dir: Path,
    *,
    build: Mapping[str, Path],
    project: str,
    target: Target,
    budgets: Sequence[Mapping[str, Any]] = (),
    versions: Mapping[str, str] | None = None,
    training_energy: Mapping[str, Any] | None = None,
    causes: Mapping[str, Any] | None = None,
    priorities: Sequence[str] = (),
    provenance: Mapping[str, Any] | None = None,
    around: Mapping[str, Any] | None = None,
    maker: Maker | None = None,
) -> None:
    """Write both files and the model card into ``out_dir``.

    ``build`` maps the names in ``edgeflow.report.document.PARTS`` to the stages' files; a build from
    a foreign model has no data, training or evaluation, and leaves them out. ``budgets`` are the rows
    of ``edgeflow.profile.budget`` as JSON, ``versions`` names of tools and packages with theirs,
    ``training_energy`` what ``edgeflow.train.energy.footprint`` says, ``causes`` what weighs most where a
    budget is broken (``edgeflow.profile.cause``), ``priorities`` the aims, most important
    first, in whose order the page has figures, ``provenance`` the hashes of what the build was made of,
    ``around`` what ``edgeflow.report.surroundings`` finds, ``maker`` what only the
    model's maker can say.
    """
    report = assemble(
        build,
        project=project,
        target=target,
        budgets=budgets,
        versions=versions or {},
        training_energy=dict(training_energy) if training_energy else None,
        priorities=priorities,
        causes=causes,
        provenance=dict(provenance) if provenance else None,
    )
    if around is not None:
        report = with_surroundings(report, around)
    write_text(out_dir / CARD_NAME, model_card(report, maker or Maker()))
    write_report(report, out_dir, build["worst"].parent if "worst" in build else out_dir)


def write_report(report: Report, out_dir: Path, pictures_dir: Path) -> None:
    """Both files of a report; ``worst.json`` names pictures below ``pictures_dir``."""
    write_json(out_dir / JSON_NAME, msgspec.to_builtins(report))
    write_page(report, out_dir / HTML_NAME, pictures_dir)


def write_page(report: Report, page: Path, pictures_dir: Path) -> None:
    """The page alone. A picture that is no longer there is left out."""
    names = [case["picture"] for case in (report.worst["cases"] if report.worst else ()) if case["picture"]]
    paths = {name: pictures_dir / name for name in names}
    write_text(page, render(report, {n: path.read_bytes() for n, path in paths.items() if path.is_file()}))
