"""A folder in which a page's commands run, and the trained build that all pages share."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from pages import REPOSITORY, Command
from sample_files import BUILT, PLAIN, photos, small


@dataclass(frozen=True)
class Folder:
    """Where a reader works, and the variables of the shell there."""

    path: Path
    environment: dict[str, str]


@pytest.fixture(scope="session")
def shared():
    """What the processes of a run share: photos, the cache of all builds, `edgeflow` for the shell."""
    pytest.importorskip("tensorflow")
    folder = Path(os.environ["EDGEFLOW_TESTS_CACHE"], "docs")
    with FileLock(f"{folder}.lock"):
        if not (folder / "photos").exists():
            (folder / "cache").mkdir(parents=True)
            program = folder / "bin" / "edgeflow"
            program.parent.mkdir()
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m edgeflow "$@"\n')
            program.chmod(0o755)
            photos(folder / "photos")
    return folder


@pytest.fixture(scope="session")
def variables(shared):
    paths = [str(shared / "bin"), os.environ["PATH"]]
    return {"PATH": os.pathsep.join(paths), "PYTHONPATH": str(REPOSITORY)}


def share_cache(folder, shared):
    """Builds of this folder take what another page has made."""
    (folder / "build").mkdir()
    (folder / "build" / ".cache").symlink_to(shared / "cache")


@pytest.fixture(scope="session")
def build(shared, variables):
    """The results of the build that all pages share."""
    work = shared / "work"
    command = small(Command(REPOSITORY, 0, "edgeflow build --set data.recipe=photos/"))
    with FileLock(f"{work}.lock"):
        if not work.exists():
            part = shared / "part"
            part.mkdir()
            share_cache(part, shared)
            shutil.copytree(shared / "photos", part / "photos")
            shell = ["bash", "-c", command]
            environment = os.environ | variables
            done = subprocess.run(
                shell, cwd=part, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            part.rename(work)
    return work / "build" / "digits" / "cortex-m"


@pytest.fixture
def workshop(tmp_path, shared, variables, request):
    """``workshop(names)`` -> an empty folder with these files."""

    def make(names):
        share_cache(tmp_path, shared)
        for name in names:
            if name == "photos/":  # with the times of the files, by which a build knows them again
                shutil.copytree(shared / "photos", tmp_path / "photos")
            elif name in PLAIN:
                PLAIN[name](tmp_path / name)
            else:
                BUILT[name](tmp_path / name, request.getfixturevalue("build"))
        return Folder(tmp_path, variables)

    return make
