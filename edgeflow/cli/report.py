"""``edgeflow report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeflow import console
from edgeflow.cli.options import DEFAULT_BUILD_DIR, BuildDir, Json, ProjectFile, TargetName

if TYPE_CHECKING:
    from edgeflow.report.document import Report


def report(
    builds: Annotated[
        list[str] | None,
        typer.Argument(help="Folders of finished builds, report.json files, or targets of the project."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="One page and table over all builds named.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The page; default: report.html in the build, or compare.html."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    target: TargetName = None,
    project_file: ProjectFile = None,
    build_dir: BuildDir = DEFAULT_BUILD_DIR,
    json: Json = False,
) -> None:
    """Write the report of a finished build again, or a page that compares several."""
    from edgeflow.errors import UsageError

    folder = build_dir / _project_name(project_file)
    if compare:
        if len(builds or ()) < 2:
            raise UsageError("--compare needs two builds or more", "`edgeflow report --compare A B`")
        page = _compare({name: _file(name, folder) for name in builds or ()}, output, json=json)
    else:
        if len(builds or ()) > 1:
            raise UsageError("several builds are named", "`edgeflow report --compare A B` compares them")
        name = builds[0] if builds else target or _target_name(project_file)
        page = _rewrite(_file(name, folder), output, json=json)
    if show:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())


def _project_name(project_file: Path | None) -> str:
    from edgeflow.project import find_project, load_project

    return load_project(project_file or find_project(Path.cwd())).project.name


def _target_name(project_file: Path | None) -> str:
    from edgeflow.project import find_project, load_project

    return Path(load_project(project_file or find_project(Path.cwd())).build.target).stem


def _file(name: str, folder: Path) -> Path:
    """The report.json of a build's folder, of a target in the project's folder, or the file itself."""
    from edgeflow.errors import BuildError

    given = Path(name)
    for path in (given, given / "report.json", folder / name / "report.json"):
        if path.is_file():
            return path
    raise BuildError(
        f"there is no finished build `{name}`, nor `{folder / name}`", "`edgeflow build` makes one"
    )


def _read(path: Path) -> Report:
    import msgspec

    from edgeflow.errors import BuildError
    from edgeflow.report.document import SCHEMA, read_report

    try:
        found = read_report(path)
    except msgspec.DecodeError as fault:
        raise BuildError(
            f"`{path}` is no report of this version of edgeflow: {fault}", "build again"
        ) from fault
    if found.schema != SCHEMA:
        raise BuildError(f"`{path}` has schema {found.schema}, not {SCHEMA}", "build again")
    return found


def _rewrite(path: Path, output: Path | None, *, json: bool) -> Path:
    """The page with what lies around the build now, such as builds that were made later."""
    from edgeflow.report.stage import HTML_NAME, write_page
    from edgeflow.report.surroundings import surroundings, with_surroundings
    from edgeflow.report.tables import tiles

    page = output or path.with_name(HTML_NAME)
    found = with_surroundings(_read(path), surroundings(path.parent))
    write_page(found, page, path.parent)
    if json:
        console.answer_json({"schema": 1, "page": str(page), "bytes": page.stat().st_size})
        return page
    rows = [(tile["name"], tile["value"], tile["note"]) for tile in tiles(found)]
    console.answer_table(
        ("figure", "value", "note"), rows, title=f"{found.project} on {found.target['name']}"
    )
    console.answer(f"report: {page}, {page.stat().st_size:,} bytes")
    return page


def _compare(paths: dict[str, Path], output: Path | None, *, json: bool) -> Path:
    from edgeflow.artifact import write_text
    from edgeflow.report.compare import compared, figure_rows, render_comparison

    reports = {name: _read(path) for name, path in paths.items()}
    page = output or Path("compare.html")
    write_text(page, render_comparison(reports))
    builds = compared(reports)
    if json:
        console.answer_json({"schema": 1, "page": str(page), "builds": builds})
        return page
    rows = [(row["name"], *(cell["value"] for cell in row["cells"])) for row in figure_rows(builds)]
    limits = ("keeps all limits", *("yes" if build["fits"] else "no" for build in builds))
    console.answer_table(("figure", *(build["name"] for build in builds)), [*_exact(rows), limits])
    console.answer(f"comparison: {page}, {page.stat().st_size:,} bytes")
    return page


def _exact(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Figures below ten with four places: an accuracy of one place says little."""
    return [tuple(f"{v:.4f}" if isinstance(v, float) and abs(v) < 10 else v for v in row) for row in rows]
