"""What is to be flashed: a linked image, or the program inside an exported folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edgeflow.errors import UsageError, UserError

Kind = Literal["image", "arduino", "zephyr", "esp-idf"]
TITLES: dict[Kind, str] = {
    "image": "a linked image",
    "arduino": "an Arduino sketch",
    "zephyr": "a Zephyr application",
    "esp-idf": "an ESP-IDF project",
}
# Of several programs of an export, the one that `edgeflow benchmark` talks to.
_PREFERRED = "benchmark"


@dataclass(frozen=True, slots=True)
class Payload:
    """``path`` is the ELF file or the program's folder, ``package`` the library or module around it."""

    kind: Kind
    path: Path
    package: Path | None = None


@dataclass(frozen=True, slots=True)
class _Form:
    """How a folder of a kind is known: a file of its package, and what a program of it holds."""

    kind: Kind
    package_file: str
    program_files: str
    is_program: Callable[[Path], bool]


def _is_sketch(folder: Path) -> bool:
    return (folder / f"{folder.resolve().name}.ino").is_file()


def _is_zephyr(folder: Path) -> bool:
    return (folder / "prj.conf").is_file() and "find_package(Zephyr" in _cmake(folder)


def _is_esp_idf(folder: Path) -> bool:
    return "tools/cmake/project.cmake" in _cmake(folder)


def _cmake(folder: Path) -> str:
    path = folder / "CMakeLists.txt"
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


_FORMS = (
    _Form("arduino", "library.properties", "*.ino", _is_sketch),
    _Form("zephyr", "zephyr/module.yml", "prj.conf", _is_zephyr),
    _Form("esp-idf", "idf_component.yml", "CMakeLists.txt", _is_esp_idf),
)


def find_payload(path: Path) -> Payload:
    """The program of an ELF file or of an exported folder.

    Raises UserError when there is none, and UsageError when there are several to choose from.
    """
    if path.is_file():
        return Payload("image", path)
    if not path.is_dir():
        raise UserError(f"there is no file or folder `{path}`", "give an ELF file or the folder of an export")
    for form in _FORMS:
        package = _package(path, form)
        if form.is_program(path):
            return Payload(form.kind, path, package)
        if package == path:
            return Payload(form.kind, _only(_programs(path, form), path, form), package)
    return Payload("image", _built_image(path))


def _package(folder: Path, form: _Form) -> Path | None:
    """The folder itself or the nearest around it with the package's file."""
    around = (folder, *folder.absolute().parents)
    return next((each for each in around if (each / form.package_file).is_file()), None)


def _programs(package: Path, form: _Form) -> list[Path]:
    folders = {path.parent for path in package.rglob(form.program_files)}
    built = [folder for folder in folders if "build" not in folder.relative_to(package).parts]
    return sorted(folder for folder in built if form.is_program(folder))


def _only(programs: list[Path], folder: Path, form: _Form) -> Path:
    if not programs:
        raise UserError(f"`{folder}` has no program to flash", f"there is no {TITLES[form.kind][3:]} in it")
    preferred = [each for each in programs if _PREFERRED in each.name.lower()]
    chosen = preferred if len(programs) > 1 else programs
    if len(chosen) != 1:
        raise UsageError(f"`{folder}` has several programs", f"give one of {_listed(programs)}")
    return chosen[0]


def _built_image(folder: Path) -> Path:
    """The image that a bare-metal export's Makefile, or the firmware stage, left there."""
    images = sorted([*folder.glob("build/*.elf"), *folder.glob("*.elf")])
    if not images:
        raise UserError(
            f"`{folder}` has no program to flash",
            "of a bare-metal export `make BOARD=boards/mine.c LINK=link.ld` builds `build/NAME.elf`",
        )
    if len(images) > 1:
        raise UsageError(f"`{folder}` has several images", f"give one of {_listed(images)}")
    return images[0]


def _listed(paths: Iterable[Path]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


SEMIHOSTING_NOTE = (
    "this image speaks to a debugger only (semihosting); `edgeflow export --to bare-metal` gives one that"
    " answers on a UART"
)


def built_image(output_dir: Path) -> tuple[Path, str | None]:
    """The image of a build and a remark: the bare-metal export's when it was made, else the firmware.

    Raises UserError when nothing was built.
    """
    for folder, remark in (("export/bare-metal/build", None), ("firmware", SEMIHOSTING_NOTE)):
        images = sorted((output_dir / folder).glob("*.elf"))
        if images:
            return images[0], remark
    raise UserError(
        f"there is no image in `{output_dir}`",
        "`edgeflow build` makes one, or name an ELF file or the folder of an export",
    )
