"""The data stage: from a recipe or a folder to arrays, labels, a manifest and an audit."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from edgeflow.artifact import write_bytes, write_json, write_text
from edgeflow.data.audit import audit, findings, require_trainable
from edgeflow.data.labels import ordered
from edgeflow.data.layout import PARTS
from edgeflow.data.load import Picture, Pool, load_pool
from edgeflow.data.options import DataOptions
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.raw import raw_pictures, raw_sounds
from edgeflow.data.reader import open_pictures
from edgeflow.data.recipe import Recipe
from edgeflow.data.source import Located, locate
from edgeflow.data.split import Split, split
from edgeflow.errors import DataError
from edgeflow.preprocess.audio_options import LogMelOptions, resolved
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.declaration import Declaration
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import FILE_NAME, picture_spec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A few test pictures or sounds at their own sizes, for the checks of what prepares them.
RAW_NAME = "raw_pictures.npz"
RAW_SOUNDS_NAME = "raw_sounds.npz"


def run(
    out_dir: Path,
    *,
    options: DataOptions,
    spec: Declaration,
    seed: int,
    base_dir: Path,
    class_order: Sequence[str] | None = None,
    progress: Callable[[str], None],
) -> None:
    """Write the files that docs/artifacts.md lists under "Data" into ``out_dir``.

    ``class_order`` are the same classes in another order than sorted.

    Raises DataError for data that are absent, damaged or not enough for a classifier, ToolError when
    Pillow or scikit-learn is missing.
    """
    located = _of_kind(locate(options, base_dir), spec)
    with open_pictures(located, progress) as source:
        _mention_suggestions(located.recipe, spec, progress)
        pool = load_pool(source, options, spec, progress)
        result = audit(located.recipe.name, source.layout, pool, _kind(spec))
        require_trainable(result, source.layout.split)
        parts = split(pool.pictures, options, seed)
        if isinstance(spec, SoundSpec):
            _write_raw(out_dir / RAW_SOUNDS_NAME, "sound", raw_sounds(source, parts.parts["test"], spec))
        else:
            _write_raw(out_dir / RAW_NAME, "picture", raw_pictures(source, parts.parts["test"]))
    result["removed"] = [{"name": p.item.name, "same_as": same.item.name} for p, same in parts.removed]
    for line in findings(result):
        progress(line)
    classes = ordered(source.layout.classes, class_order)
    for part in PARTS:
        _write_part(out_dir / f"{part}.npz", pool.images, parts.parts[part], classes)
    write_text(out_dir / "labels.txt", "".join(f"{label}\n" for label in classes))
    write_text(out_dir / "pictures.csv", _pictures_csv(parts))
    write_json(out_dir / "dataset.json", _manifest(located.recipe, source, options, seed, parts, classes))
    write_json(out_dir / FILE_NAME, spec.as_json())
    write_json(out_dir / "audit.json", result)
    progress(", ".join(f"{len(parts.parts[part]):,} {part}" for part in PARTS) + f", {len(classes)} classes")


def scan(
    options: DataOptions,
    spec: Declaration | None,
    base_dir: Path,
    progress: Callable[[str], None] = lambda _text: None,
) -> dict[str, Any]:
    """The audit alone, without the split's ``removed``; nothing is written.

    Without a ``spec`` they are prepared by defaults, sounds at the rate that a recipe suggests.

    Raises DataError when the data cannot be opened, not for what the audit finds.
    """
    located = locate(options, base_dir)
    spec = spec or _default_declaration(located.recipe)
    with open_pictures(_of_kind(located, spec), progress) as source:
        pool: Pool = load_pool(source, options, spec, progress)
    return audit(located.recipe.name, source.layout, pool, _kind(spec))


def _kind(spec: Declaration) -> Literal["picture", "sound"]:
    return "sound" if isinstance(spec, SoundSpec) else "picture"


def _default_declaration(recipe: Recipe) -> Declaration:
    if recipe.kind == "sounds":
        return resolved(LogMelOptions(sample_rate_hz=recipe.suggested.sample_rate_hz or 16_000))
    return picture_spec(PreprocessingOptions())


def _of_kind(located: Located, spec: Declaration) -> Located:
    """What was located, read as the declaration wants it; raises DataError where the recipe forbids that."""
    recipe, of_sound = located.recipe, isinstance(spec, SoundSpec)
    if of_sound and recipe.kind == "pictures" and not recipe.location:  # made of a folder or archive
        title = recipe.title.replace("pictures", "sounds", 1)
        return replace(located, recipe=msgspec.structs.replace(recipe, kind="sounds", title=title))
    if of_sound != (recipe.kind == "sounds"):
        found, kinds = ("pictures", '"picture"') if of_sound else ("sounds", '"log-mel" or "mfcc"')
        raise DataError(
            f"recipe `{recipe.name}` holds {found}, which [preprocessing] is not for",
            f"set `kind` in [preprocessing] to {kinds}",
        )
    return located


def _mention_suggestions(recipe: Recipe, spec: Declaration, progress: Callable[[str], None]) -> None:
    if isinstance(spec, SoundSpec):
        rate_hz = recipe.suggested.sample_rate_hz
        if rate_hz not in {None, spec.sample_rate_hz}:
            progress(f"recipe `{recipe.name}` suggests sample_rate_hz = {rate_hz}, the project has another")
        return
    side, color_mode = recipe.suggested.input_size, recipe.suggested.color_mode
    if side is not None and (spec.height, spec.width) != (side, side):
        progress(f"recipe `{recipe.name}` suggests input_size = {side}, the project has another")
    if color_mode is not None and spec.color_mode != color_mode:
        progress(f"recipe `{recipe.name}` suggests color_mode = {color_mode!r}, the project has another")


def _write_part(
    path: Path, images: NDArray[np.uint8], pictures: Sequence[Picture], classes: Sequence[str]
) -> None:
    """``images`` uint8 ``[N, H, W, C]`` and ``labels`` int64 ``[N]``; numpy writes no time into its zip."""
    import numpy as np

    labels = np.array([classes.index(p.item.label) for p in pictures], dtype=np.int64)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
        temporary = Path(stream.name)
        try:
            np.savez(stream, images=images[[p.row for p in pictures]], labels=labels)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    temporary.chmod(0o644)
    temporary.replace(path)


def _write_raw(path: Path, what: str, arrays: Sequence[NDArray[np.generic]]) -> None:
    """Pictures or sounds of different sizes, an array each."""
    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, **{f"{what}_{number}": array for number, array in enumerate(arrays)})
    write_bytes(path, stream.getvalue())


def _pictures_csv(parts: Split) -> str:
    """One line per picture; line ``index`` of a part is row ``index`` of its arrays."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("part", "index", "label", "name", "width", "height", "sha256"))
    for part in PARTS:
        for index, picture in enumerate(parts.parts[part]):
            item = picture.item
            writer.writerow(
                (part, index, item.label, item.name, picture.width, picture.height, picture.sha256)
            )
    return text.getvalue()


def _manifest(
    recipe: Recipe,
    source: PictureSet,
    options: DataOptions,
    seed: int,
    parts: Split,
    classes: Sequence[str],
) -> dict[str, Any]:
    archive = source.archive
    return {
        "schema": 1,
        "name": recipe.name,
        "title": recipe.title,
        "licence": recipe.licence,
        "citation": recipe.citation,
        "archive": {"name": archive[0], "sha256": archive[1]} if archive else None,
        "seed": seed,
        "validation_split": options.validation_split,
        "test_split": options.test_split,
        "fixed_split": source.layout.split is not None,
        "classes": list(classes),
        "counts": {part: _counts(parts.parts[part], classes) for part in PARTS},
    }


def _counts(pictures: Sequence[Picture], classes: Sequence[str]) -> dict[str, int]:
    counted = Counter(picture.item.label for picture in pictures)
    return {label: counted[label] for label in classes}
