"""Open a located data set: its layout and a function that reads one picture. Nothing is unpacked to disk."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edgeflow.archives import ArchiveError, open_zip, read_member, reason, zip_files
from edgeflow.artifact import sha256_file
from edgeflow.data.fetch import fetch
from edgeflow.data.layout import PICTURE_SUFFIXES, SOUND_SUFFIXES, arrange, common_folder
from edgeflow.data.picture import MAX_FILE_BYTES
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.recipe import Recipe
from edgeflow.data.source import Located, walk_files
from edgeflow.errors import DataError

# Of a zip of pictures: a directory of 256 MiB, more than any such zip has been seen to have.
MAX_MEMBERS = 500_000
TAR_SUFFIXES = (".tar.gz", ".tgz", ".tar")


@contextmanager
def open_pictures(located: Located, progress: Callable[[str], None]) -> Iterator[PictureSet]:
    """Open the data a recipe was located at, downloading them when the recipe has only an address.

    Raises DataError when the folder or archive cannot be read or is not of a form the recipe's kind takes.
    """
    recipe = located.recipe
    if recipe.kind == "sklearn-digits":
        from edgeflow.data.digits import read_digits

        yield read_digits()
        return
    path = _local_path(located, progress)
    if path.is_dir():
        yield _open_folder(path, recipe)
        return
    archive = (path.name, _checked_sha256(located, path))
    if zipfile.is_zipfile(path):
        with _open_zip(path, recipe, archive) as pictures:
            yield pictures
    elif recipe.kind == "cifar10" and path.name.endswith(TAR_SUFFIXES):
        from edgeflow.data.cifar import read_cifar_archive

        yield read_cifar_archive(path, archive)
    else:
        raise DataError(f"`{path}` is neither a folder nor {_forms(recipe)}", "unpack it and give the folder")


def _forms(recipe: Recipe) -> str:
    if recipe.kind == "cifar10":
        return "a zip of pictures nor an original CIFAR-10 archive (.tar.gz)"
    return f"an intact zip of {recipe.kind}"


def _suffixes(recipe: Recipe) -> frozenset[str]:
    return SOUND_SUFFIXES if recipe.kind == "sounds" else PICTURE_SUFFIXES


def _local_path(located: Located, progress: Callable[[str], None]) -> Path:
    if located.path is not None:
        return located.path
    if located.place is None or located.place.url is None or located.place.sha256 is None:
        raise DataError(f"recipe `{located.recipe.name}` has no place to read from")
    try:
        return fetch(located.place.url, located.place.sha256, progress)
    except DataError as error:
        places = f"; no local copy at {', '.join(located.looked_at)}" if located.looked_at else ""
        raise DataError(f"{error.message}{places}", error.hint) from error


def _checked_sha256(located: Located, path: Path) -> str:
    try:
        digest = sha256_file(path)
    except OSError as error:
        raise DataError(f"cannot read `{path}`: {error.strerror}", "check its permissions") from error
    wanted = located.place.sha256 if located.place else None
    if wanted is not None and digest != wanted:
        raise DataError(
            f"`{path}` has the sha256 {digest}, recipe `{located.recipe.name}` says {wanted}",
            "get the file again, or correct the recipe",
        )
    return digest


def _open_folder(folder: Path, recipe: Recipe) -> PictureSet:
    if recipe.kind == "cifar10":
        from edgeflow.data.cifar import is_cifar_folder, read_cifar_folder

        if is_cifar_folder(folder):
            return read_cifar_folder(folder)
    names = [name for name, _ in walk_files(folder)]
    _refuse_undecodable(folder, names)
    layout = arrange(names, _folders(folder), recipe.split or recipe.name_split, _suffixes(recipe))
    return PictureSet(layout, lambda item: _read_file(folder / item.name))


def _folders(folder: Path) -> list[str]:
    """Folders of the first two levels, as relative posix names."""
    found = []
    with contextlib.suppress(OSError):  # `walk_files` has said so before
        for pattern in ("*/", "*/*/"):
            found += [path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_dir()]
    return found


def _refuse_undecodable(folder: Path, names: list[str]) -> None:
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"in `{folder}` the file name {name!r} is not valid UTF-8", "rename it"
            ) from error


def _read_file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DataError(f"larger than {MAX_FILE_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}") from error


@contextmanager
def _open_zip(path: Path, recipe: Recipe, identity: tuple[str, str]) -> Iterator[PictureSet]:
    with contextlib.ExitStack() as stack:
        try:
            archive = stack.enter_context(open_zip(path, MAX_MEMBERS))
            members = zip_files(archive)
        except ArchiveError as error:
            raise DataError(f"`{path}` {error}", "get the file again, or pack it again") from error
        except OSError as error:
            raise DataError(f"cannot read `{path}`: {error.strerror or error}") from error
        prefix = common_folder(members, _suffixes(recipe))
        folders = [i.filename.removeprefix(prefix).strip("/") for i in archive.infolist() if i.is_dir()]
        names = [name.removeprefix(prefix) for name in members]
        split = recipe.split or recipe.name_split
        layout = arrange(names, [f for f in folders if f], split, _suffixes(recipe))
        yield PictureSet(layout, lambda item: _read_member(archive, members[prefix + item.name]), identity)


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes; zipfile never yields more than the size it declares, which is bounded here."""
    if info.file_size > MAX_FILE_BYTES:
        raise DataError(f"larger than {MAX_FILE_BYTES} bytes")
    if info.flag_bits & 1:
        raise DataError("encrypted")
    try:
        return read_member(archive, info)
    except ArchiveError as error:
        raise DataError(f"damaged in the zip: {reason(error.__cause__ or error)}") from error
