"""The changes that are tried: each one as project keys, from those that alter least to new training."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from edgeflow.pipeline import Build, tool_version
from edgeflow.preprocess.declaration import declaration
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.quantize.sketch import Sketch
from edgeflow.tflite_edit import with_integer_edges
from edgeflow.train.options import ModelOptions

# Totals of a profile that limits count.
RAM, FLASH, LATENCY, ENERGY = "ram_bytes", "flash_bytes", "latency_us", "energy_uj"
FIGURES = (RAM, FLASH, LATENCY, ENERGY)
_TIMES = frozenset({LATENCY, ENERGY})
_LEAST_WIDTH = 0.1
_LEAST_SIDE_PIXELS = 8
_SIDE_STEP_PIXELS = 4

Value = str | float | int | bool | list[int]
Size = int | list[int]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the project keys that make it and what it takes.

    ``effort`` orders kinds of changes, the least intrusive first. ``sketch`` is the network of a change
    that needs new training, None of one that leaves the model as it is.
    """

    settings: Mapping[str, Value]
    effort: int
    price: str
    sketch: Sketch | None = None

    @property
    def name(self) -> str:
        """The settings as the command line takes them."""
        return " ".join(f"--set {key}={_toml(value)}" for key, value in self.settings.items())

    @property
    def needs_training(self) -> bool:
        """True when the model must be trained anew."""
        return self.sketch is not None


def with_settings(build: Build, settings: Mapping[str, Value]) -> Build:
    """The build of a project with these keys."""
    raw: dict[str, dict[str, Any]] = msgspec.to_builtins(build.project)
    for name, value in settings.items():
        table, key = name.split(".")
        raw[table][key] = value
    return replace(build, project=msgspec.convert(raw, type(build.project)))


def device_changes(
    build: Build, broken: Collection[str], code_budget_bytes: int | None = None
) -> list[Change]:
    """Changes that leave the model and its answers as they are; ``broken`` are figures of ``FIGURES``.

    ``code_budget_bytes`` is what the flash's limit leaves to the code beside the weights, if anything.
    """
    found = []
    if RAM in broken:
        found += _ram_changes(build)
    if FLASH in broken or _TIMES.intersection(broken):
        found += _code_changes(build)
    if _TIMES.intersection(broken) and not build.project.codegen.tune:
        found.append(Change({"codegen.tune": True}, 3, "kernels are measured once"))
    if RAM in broken or FLASH in broken:
        found += _kernel_changes(build)
    if code_budget_bytes is not None and build.project.codegen.code_budget_bytes is None:
        settings = {"codegen.tune": True, "codegen.code_budget_bytes": code_budget_bytes}
        found.append(Change(settings, 3, "the kernels that gain the least per byte"))
    return found


def _kernel_changes(build: Build) -> list[Change]:
    """Kernels with less code and scratch memory than those that suit the core."""
    core, chosen = build.target.core_info, build.project.codegen.kernels
    found = []
    if chosen in ("dsp", "mve") or (chosen == "auto" and (core.has_dsp or core.has_mve)):
        found.append(Change({"codegen.kernels": "scalar"}, 4, "slower kernels"))
    if chosen != "plain":
        found.append(Change({"codegen.kernels": "plain"}, 5, "the slowest kernels"))
    return found


def edge_changes(build: Build) -> list[Change]:
    """Integer inputs and outputs in place of float32, where the project keeps these."""
    is_kept = build.project.codegen.integer_edges is False
    if build.model is None or not is_kept or with_integer_edges(build.model.read_bytes()) is None:
        return []
    return [Change({"codegen.integer_edges": True}, 6, "the caller quantizes inputs and reads integers")]


def _ram_changes(build: Build) -> list[Change]:
    options = build.project.codegen
    found = []
    if options.stripes != "smallest":
        found.append(Change({"codegen.stripes": "smallest"}, 1, "some more code and time"))
    found += [
        Change(
            {"codegen.stripes": "smallest", "codegen.max_recompute": share},
            2,
            f"up to {100 * share:g} % more MACs",
        )
        for share in (0.1, 0.3)
        if share > options.max_recompute
    ]
    if len(build.target.rams) > 1 and not options.regions:
        # Hardly anything of the first region: the arena begins in the second.
        sizes = [1, *(region.size_bytes for region in build.target.rams[1:])]
        found.append(Change({"codegen.regions": sizes}, 1, "the arena in another memory"))
    return found


def _code_changes(build: Build) -> list[Change]:
    chosen = build.project.build.compiler
    in_use = chosen if chosen != "auto" else "zig" if tool_version("ziglang") != "absent" else "gcc"
    found = [Change({"build.compiler": "gcc" if in_use == "zig" else "zig"}, 1, "another compiler")]
    if build.project.codegen.stripes != "off":
        found.append(Change({"codegen.stripes": "off"}, 1, "more RAM"))
    return found


def network_changes(build: Build, class_count: int) -> list[Change]:
    """Smaller networks of the project's own kind, which have to be trained."""
    picture, model = build.project.preprocessing, build.project.model

    def change(settings: Mapping[str, Value], effort: int) -> Change:
        return _network_change(build, class_count, settings, effort)

    found = [change({"model.stem_stride": 2}, 11)] if model.stem_stride == 1 else []
    if not isinstance(picture, PreprocessingOptions):  # the features of sound stay as they are
        found += [change({"model.width": width}, 13) for width in _widths(model)]
        return found + [change({"model.blocks": count}, 14) for count in _blocks(model)]
    by_channel = isinstance(picture.scale, tuple) or isinstance(picture.offset, tuple)
    if picture.color_mode == "rgb" and not by_channel:
        found.append(change({"preprocessing.color_mode": "grayscale"}, 10))
    found += [change({"preprocessing.input_size": size}, 12) for size in _sizes(picture)]
    found += [change({"model.width": width}, 13) for width in _widths(model)]
    return found + [change({"model.blocks": count}, 14) for count in _blocks(model)]


def together(build: Build, class_count: int, several: Sequence[Change]) -> Change:
    """Changes that need no common key, as one."""
    settings = {key: value for each in several for key, value in each.settings.items()}
    effort = sum(each.effort for each in several)
    if any(each.needs_training for each in several):
        return _network_change(build, class_count, settings, effort)
    return Change(settings, effort, "; ".join(each.price for each in several))


def _network_change(build: Build, class_count: int, settings: Mapping[str, Value], effort: int) -> Change:
    project = with_settings(build, settings).project
    picture = declaration(project.preprocessing)
    sketch = Sketch(project.model, picture.height, picture.width, picture.channels, class_count)
    return Change(settings, effort, "new training; its accuracy is not known", sketch)


def _sizes(picture: PreprocessingOptions) -> list[Size]:
    """Smaller inputs of nearly the same ratio, as the project's key has them."""
    sides = [picture.height, picture.width]
    found: list[Size] = []
    for share in (0.75, 0.5, 0.25):
        smaller = [round(side * share / _SIDE_STEP_PIXELS) * _SIDE_STEP_PIXELS for side in sides]
        size: Size = smaller[0] if isinstance(picture.input_size, int) else smaller
        fits = all(_LEAST_SIDE_PIXELS <= new <= old for new, old in zip(smaller, sides, strict=True))
        if fits and smaller != sides and size not in found:
            found.append(size)
    return found


def _widths(model: ModelOptions) -> list[float]:
    return [width for share in (0.75, 0.5) if (width := round(model.width * share, 4)) >= _LEAST_WIDTH]


def _blocks(model: ModelOptions) -> list[int]:
    return [count for count in (model.blocks - 1, model.blocks // 2) if count >= 1]


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{','.join(map(str, value))}]" if isinstance(value, list) else f"{value}"
