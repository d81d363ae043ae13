"""The wheel carries everything, and works outside a checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The content of a freshly built wheel, as an installation lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, REPOSITORY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked, folder, *arguments):
    """The command line of the wheel alone: the checkout is not on the path."""
    script = (
        "import edgeflow, sys; from edgeflow.cli.app import main; sys.stderr.write(edgeflow.__file__); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(unpacked) in done.stderr
    return done.stdout


def names(folder, *patterns):
    return sorted(p.relative_to(folder).as_posix() for pattern in patterns for p in folder.rglob(pattern))


def test_data_folders_and_c_sources_are_inside(unpacked):
    for folder in ("targets", "datasets", "firmware_templates"):
        source, copy = REPOSITORY / folder, unpacked / "edgeflow" / "_data" / folder
        assert names(source, "*.toml", "*.c", "*.h", "*.j2") == names(copy, "*.toml", "*.c", "*.h", "*.j2")
    package = REPOSITORY / "edgeflow"
    kinds = ("*.py", "*.c", "*.h", "*.j2", "project_template.toml")
    inside = [name for name in names(unpacked / "edgeflow", *kinds) if not name.startswith("_data/")]
    assert inside == names(package, *kinds)


def test_tests_and_docs_stay_outside(unpacked):
    assert {p.name for p in unpacked.iterdir() if not p.name.endswith(".dist-info")} == {"edgeflow"}


def test_commands_find_their_data(unpacked, tmp_path):
    assert "nucleo-l4r5zi" in run(unpacked, tmp_path, "targets", "list")
    assert "digits" in run(unpacked, tmp_path, "datasets", "list")
    run(unpacked, tmp_path, "init")
    assert (tmp_path / "edgeflow.toml").is_file()
    assert "would run" in run(unpacked, tmp_path, "build", "--dry-run")
