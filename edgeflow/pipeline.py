"""Run a chain of stages: what is fresh is taken from the store, the rest is made, results are published.

A stage's key is the hash of its code, its tools' versions, its parameters and the keys of the stages
it needs. Equal keys mean equal results, so that nothing is made twice and a killed build resumes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import (
    Store,
    canonical_json,
    copy_file,
    read_json,
    sha256_bytes,
    sha256_file,
    write_json,
    write_text,
)
from edgeflow.errors import ModelError
from edgeflow.project import Project, find_project, load_project, setting
from edgeflow.resources import PACKAGE_DIR
from edgeflow.target.descriptor import Descriptor, Target, as_target, load

if TYPE_CHECKING:
    from filelock import FileLock

Progress = Callable[[str], None]
MANIFEST = "manifest.json"
# Says whose the cache is, so that `clean` never empties another program's `.cache`, and tells backup
# programs to leave it out (bford.info/cachedir).
CACHE_TAG = "CACHEDIR.TAG"
_TAG_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n# Results of edgeflow's stages; `edgeflow clean`\n"


@dataclass(frozen=True, slots=True)
class Build:
    """What one run of the chain works on.

    ``model`` is a foreign model's file or folder; None means train one. ``has_data`` says that the
    project's data are those of the foreign model.
    """

    project: Project
    descriptor: Descriptor
    base_dir: Path
    build_dir: Path
    model: Path | None = None
    has_data: bool = False

    @property
    def target(self) -> Target:
        """The board that C is generated for. Raises TargetError for a phone or Linux board."""
        return as_target(self.descriptor)

    @property
    def output_dir(self) -> Path:
        """Where the results for the user go."""
        return self.build_dir / self.project.project.name / self.descriptor.name

    @property
    def store(self) -> Store:
        """The cache of stage results, shared by all projects of a build folder."""
        return Store(self.build_dir / ".cache")


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage is given: build, results so far, an empty folder and one that survives a kill."""

    build: Build
    results: Mapping[str, Path]
    output_dir: Path
    work_dir: Path
    progress: Progress


@dataclass(frozen=True, slots=True)
class Stage:
    """One link of the chain.

    ``code`` names the packages whose sources make the result and ``tools`` the distributions whose
    versions do; ``hidden`` are name patterns of results that are not published to the user.
    """

    name: str
    needs: tuple[str, ...]
    code: tuple[str, ...]
    tools: tuple[str, ...]
    parameters: Callable[[Build], object]
    make: Callable[[Work], None]
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of one build with its key; ``redo`` makes its result anew although it may be there."""

    stage: Stage
    key: str
    is_fresh: bool
    redo: bool


def plan_steps(build: Build, stages: Sequence[Stage], redo_from: str | None = None) -> list[Step]:
    """The steps in order; from stage ``redo_from`` on every result is made anew."""
    keys: dict[str, str] = {}
    steps: list[Step] = []
    redo = False
    for stage in stages:
        redo = redo or stage.name == redo_from
        key = _stage_key(build, stage, keys)
        keys[stage.name] = key
        steps.append(Step(stage, key, is_fresh=not redo and build.store.has(stage.name, key), redo=redo))
    return steps


def run_steps(
    build: Build, steps: Sequence[Step], progress: Progress, *, publish: bool = True
) -> dict[str, Path]:
    """Make or fetch every step's result; returns the result folders by stage name.

    Without ``publish`` the results stay in the cache: the user's output folder is left alone.
    """
    _tag_cache(build.store.root)
    if publish:
        _withdraw(build, steps)
    results: dict[str, Path] = {}
    for number, step in enumerate(steps, start=1):
        name = step.stage.name
        if step.is_fresh:
            progress(f"[{number}/{len(steps)}] {name}: unchanged")
        else:
            progress(f"[{number}/{len(steps)}] {name}")
        results[name] = _produce(build, step, dict(results), progress)
        if publish:
            _publish(build, step, results[name])
    return results


def run_stages(
    build: Build, stages: Sequence[Stage], progress: Progress, *, publish: bool = True
) -> dict[str, Path]:
    """Plan and run; the usual case."""
    return run_steps(build, plan_steps(build, stages), progress, publish=publish)


def _produce(build: Build, step: Step, results: Mapping[str, Path], progress: Progress) -> Path:
    def make(output_dir: Path, work_dir: Path) -> None:
        step.stage.make(Work(build, results, output_dir, work_dir, lambda text: progress(f"      {text}")))

    return build.store.produce(step.stage.name, step.key, make, redo=step.redo)


def _stage_key(build: Build, stage: Stage, keys: Mapping[str, str]) -> str:
    parts = {
        "stage": stage.name,
        "code": {name: code_hash(name) for name in stage.code},
        "tools": {name: tool_version(name) for name in stage.tools},
        "parameters": stage.parameters(build),
        "needs": {name: keys[name] for name in stage.needs if name in keys},
    }
    return sha256_bytes(canonical_json(parts).encode())[:32]


def code_hash(name: str) -> str:
    """Hash of a package folder's or a module's sources."""
    path = PACKAGE_DIR / name
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in _SOURCE_SUFFIXES)
    return sha256_bytes(b"".join(p.name.encode() + p.read_bytes() for p in files))


_SOURCE_SUFFIXES = frozenset({".py", ".c", ".h", ".j2"})


def tool_version(distribution: str) -> str:
    """Version of an installed distribution, or ``absent``."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "absent"


def _output_lock(build: Build) -> FileLock:
    from filelock import FileLock

    return FileLock(build.store.root / f"{build.project.project.name}.{build.descriptor.name}.lock")


def _withdraw(build: Build, steps: Sequence[Step]) -> None:
    """Remove what the steps will replace and what was made from it.

    A build that fails, or stops early with ``--to``, leaves no older answer beside newer results.
    """
    output_dir = build.output_dir
    with _output_lock(build):
        manifest = _read_manifest(output_dir)
        stages = manifest["stages"]
        old = {s.stage.name for s in steps if s.stage.name in stages and stages[s.stage.name]["key"] != s.key}
        kept = {s.stage.name for s in steps} - old
        for stage in sorted(_with_dependants(old, stages) - kept):
            for name in stages.pop(stage)["files"]:
                (output_dir / name).unlink(missing_ok=True)
        if old:
            write_json(output_dir / MANIFEST, manifest)


def _with_dependants(changed: set[str], stages: Mapping[str, Any]) -> set[str]:
    """The changed stages and all published ones that need one of them, directly or not."""
    found = set(changed)
    while more := {
        name for name in stages if name not in found and found.intersection(stages[name]["needs"])
    }:
        found |= more
    return found


def _publish(build: Build, step: Step, result: Path) -> None:
    """Copy a result to the output folder and write down what it is; unchanged files are left alone."""
    output_dir = build.output_dir
    with _output_lock(build):
        manifest = _read_manifest(output_dir)
        before = manifest["stages"].get(step.stage.name, {})
        files = _published_files(step.stage, result)
        if before.get("key") == step.key and all(_is_same(result / f, output_dir / f) for f in files):
            return
        for name in set(before.get("files", ())) - set(files):
            (output_dir / name).unlink(missing_ok=True)
        for name in files:
            copy_file(result / name, output_dir / name)
        manifest["stages"][step.stage.name] = {
            "key": step.key,
            "needs": list(step.stage.needs),
            "files": {name: sha256_file(result / name) for name in files},
        }
        write_json(output_dir / MANIFEST, manifest)


def _published_files(stage: Stage, result: Path) -> list[str]:
    paths = (path.relative_to(result) for path in sorted(result.rglob("*")) if path.is_file())
    return [path.as_posix() for path in paths if not any(path.match(pattern) for pattern in stage.hidden)]


def _is_same(source: Path, copy: Path) -> bool:
    if not copy.is_file():
        return False
    a, b = source.stat(), copy.stat()
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def _read_manifest(output_dir: Path) -> dict[str, Any]:
    path = output_dir / MANIFEST
    try:
        manifest = read_json(path)
    except (FileNotFoundError, ValueError):
        manifest = {}
    stages = manifest.get("stages") if isinstance(manifest, dict) else None
    if isinstance(stages, dict) and all(_is_entry(entry) for entry in stages.values()):
        return manifest
    return {"schema": 1, "stages": {}}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and {"key", "needs", "files"} <= set(entry)


def clean(build_dir: Path) -> list[Path]:
    """Remove the cache and every file that a manifest below the folder names; returns what was removed.

    Files that edgeflow did not write stay, so that a wrong folder name costs nothing.
    """
    removed: list[Path] = []
    for path in sorted(build_dir.glob(f"*/*/{MANIFEST}")):
        stages = _read_manifest(path.parent)["stages"].values()
        if not stages:
            continue  # another program's file of that name
        names = [name for stage in stages for name in stage["files"]]
        for name in [*names, MANIFEST]:
            (path.parent / name).unlink(missing_ok=True)
        _remove_empty(path.parent)
        removed.append(path.parent)
    cache = build_dir / ".cache"
    if _is_tagged(cache):
        shutil.rmtree(cache)
        removed.append(cache)
    return removed


def _tag_cache(cache: Path) -> None:
    if not _is_tagged(cache):
        write_text(cache / CACHE_TAG, _TAG_TEXT)


def _is_tagged(cache: Path) -> bool:
    tag = cache / CACHE_TAG
    return tag.is_file() and tag.read_bytes() == _TAG_TEXT.encode()


def _remove_empty(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
    if not any(folder.iterdir()):
        folder.rmdir()


def model_name(model: Path) -> str:
    """A project name from a model's file name: lower case, words joined by hyphens."""
    words = re.findall(r"[a-z0-9]+", model.stem.lower())
    name = "-".join(words)[:40].strip("-")
    return name if name[:1].isalpha() else f"model-{name}"[:40].strip("-")


def open_build(
    *,
    project_file: Path | None,
    overrides: Sequence[str],
    build_dir: Path,
    target: str | None = None,
    compiler: str | None = None,
    model: Path | None = None,
    data: str | None = None,
) -> Build:
    """Load the project and the target of a build.

    Without ``project_file`` the one in the current folder counts, else the default project. The
    values of ``target`` and ``compiler`` win over the file. A foreign model gives its name, and the
    current folder's file does not count for it: that describes another model. ``data`` is a recipe, or a
    folder, archive or ``.npz`` where the user stands; a trained model's data it replaces.

    Raises ProjectError, TargetError, and ModelError when the model file is not there.
    """
    if model is not None and not model.exists():
        raise ModelError(f"there is no model file `{model}`")
    given = list(overrides)
    if data is not None:
        given.append(setting("data.recipe", str(Path(data).resolve()) if Path(data).exists() else data))
    given += [
        setting(f"build.{key}", value) for key, value in (("target", target), ("compiler", compiler)) if value
    ]
    path = project_file
    if model is not None:
        given.insert(0, setting("project.name", model_name(model)))
    elif path is None:
        path = find_project(Path.cwd())
    project = load_project(path, tuple(given))
    base_dir = path.parent if path else Path.cwd()
    # A path in the file starts at the file's folder, one on the command line where the user stands.
    found = load(project.build.target, Path() if target else base_dir)
    return Build(project, found, base_dir, build_dir, model, data is not None)
