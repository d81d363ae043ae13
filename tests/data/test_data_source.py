"""Where data are looked for, in which order, and what the fingerprint notices."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

from edgeflow.data.options import DataOptions
from edgeflow.data.source import locate, source_fingerprint, walk_files
from edgeflow.errors import DataError

RECIPE = """
schema = 1
name = "shoes"
title = "Shoes"
kind = "pictures"
licence = "CC0-1.0"
[[location]]
path = "first.zip"
[[location]]
path = "second"
"""


@pytest.fixture
def project(tmp_path):
    """A project folder with a recipe in a folder of its own."""
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "shoes.toml").write_text(RECIPE)
    return tmp_path


def options(**keys):
    return msgspec.convert({"recipe": "recipes/shoes.toml", **keys}, DataOptions)


def test_beside_the_recipe_comes_before_beside_the_project(project):
    (project / "second").mkdir()
    assert locate(options(), project).path == project / "second"
    (project / "recipes" / "second").mkdir()
    assert locate(options(), project).path == project / "recipes" / "second"


def test_locations_are_tried_in_order(project):
    (project / "second").mkdir()
    (project / "first.zip").write_bytes(b"x")
    assert locate(options(), project).path == project / "first.zip"


def test_environment_beats_the_locations_and_the_key_beats_both(project, monkeypatch):
    for name in ("second", "elsewhere", "own"):
        (project / name).mkdir()
    monkeypatch.setenv("EDGEFLOW_DATA_SHOES", str(project / "elsewhere"))
    assert locate(options(), project).path == project / "elsewhere"
    assert locate(options(path="own"), project).path == project / "own"


def test_nothing_found_says_where_it_looked_and_what_to_do(project):
    with pytest.raises(DataError) as caught:
        locate(options(), project)
    for folder in (project / "recipes", project):
        assert str(folder / "first.zip") in caught.value.message
        assert str(folder / "second") in caught.value.message
    assert "EDGEFLOW_DATA_SHOES" in caught.value.hint
    assert "`path` in [data]" in caught.value.hint


@pytest.mark.parametrize("origin", ["key", "environment"])
def test_a_given_path_that_is_absent_is_no_reason_to_look_elsewhere(project, monkeypatch, origin):
    (project / "second").mkdir()
    if origin == "environment":
        monkeypatch.setenv("EDGEFLOW_DATA_SHOES", "nowhere")
    with pytest.raises(DataError, match="there is no file or folder `nowhere`"):
        locate(options(**({"path": "nowhere"} if origin == "key" else {})), project)


def test_folder_by_path_is_a_recipe_of_its_own(project, make_folder):
    make_folder({"a": 1}, name="my shoes")
    located = locate(DataOptions(recipe="my shoes"), project)
    assert located.path == project / "my shoes"
    assert located.recipe.name == "my shoes"
    assert located.recipe.kind == "pictures"


def test_a_shipped_name_beats_a_folder_of_that_name(project):
    (project / "digits").mkdir()
    assert locate(DataOptions(), project).recipe.kind == "sklearn-digits"
    assert locate(DataOptions(recipe="./digits"), project).recipe.kind == "pictures"


MISSING = {
    "photos/shoes": "there is no folder or archive `photos/shoes`",
    "cifar11": "no data set recipe, folder or zip `cifar11`",
    "x/y.toml": "cannot read recipe",
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_data(project, name):
    with pytest.raises(DataError, match=MISSING[name]):
        locate(DataOptions(recipe=name), project)


@pytest.mark.parametrize("recipe", ["digits", "recipes"])
def test_path_key_where_there_is_nothing_to_replace(project, recipe):
    with pytest.raises(DataError, match=f"data.path: recipe `{recipe}` takes no path"):
        locate(DataOptions(recipe=recipe, path="."), project)


def test_fingerprint_is_stable_and_notices_changes(project, make_folder):
    folder = make_folder({"a": 2, "b": 2}, name="second")
    prints = [source_fingerprint(options(), project)]
    assert source_fingerprint(options(), project) == prints[0]
    (folder / "a" / "000.png").rename(folder / "a" / "new.png")
    prints.append(source_fingerprint(options(), project))
    os.utime(folder / "a" / "new.png", ns=(1, 1))
    prints.append(source_fingerprint(options(), project))
    (folder / "b" / "notes.txt").write_text("x")
    prints.append(source_fingerprint(options(), project))
    (project / "recipes" / "shoes.toml").write_text(RECIPE.replace("CC0-1.0", "MIT"))
    prints.append(source_fingerprint(options(), project))
    assert len(set(prints)) == len(prints)


def test_fingerprint_of_an_archive_follows_its_size_and_time(project):
    archive = project / "first.zip"
    prints = set()
    for size, time in ((1, 1), (2, 1), (2, 2)):
        archive.write_bytes(b"x" * size)
        os.utime(archive, ns=(time, time))
        prints.add(source_fingerprint(options(), project))
    assert len(prints) == 3


def test_fingerprint_does_not_depend_on_where_the_project_lies(tmp_path):
    prints = set()
    for place in ("here", "there"):
        folder = tmp_path / place / "pictures" / "a"
        folder.mkdir(parents=True)
        (folder / "1.png").write_bytes(b"x")
        os.utime(folder / "1.png", ns=(5, 5))
        prints.add(source_fingerprint(DataOptions(recipe="pictures"), tmp_path / place))
    assert len(prints) == 1


def test_fingerprint_of_an_address_needs_no_network(project):
    text = (
        RECIPE.split("[[", maxsplit=1)[0]
        + "[[location]]\nurl = 'http://127.0.0.1:9/x.zip'\nsha256 = '"
        + "a" * 64
        + "'"
    )
    (project / "recipes" / "shoes.toml").write_text(text)
    first = source_fingerprint(options(), project)
    (project / "recipes" / "shoes.toml").write_text(text.replace("a" * 64, "b" * 64))
    assert source_fingerprint(options(), project) != first


def test_fingerprint_imports_nothing_heavy(tmp_path):
    script = (
        "import sys; from pathlib import Path; from edgeflow.data.options import DataOptions;"
        "from edgeflow.data.source import source_fingerprint;"
        "source_fingerprint(DataOptions(), Path('.')); import edgeflow.data.stage; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"numpy", "PIL", "sklearn", "tensorflow"} & set(loaded.stdout.split())


def test_walk_follows_links_once_and_skips_broken_ones(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.png").write_bytes(b"x")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "class").symlink_to(tmp_path / "real")
    (tmp_path / "set" / "loop").symlink_to(tmp_path / "set")
    (tmp_path / "set" / "broken.png").symlink_to(tmp_path / "none")
    assert [name for name, _ in walk_files(tmp_path / "set")] == ["class/x.png"]


def test_folder_without_permission_is_one_sentence(unprivileged):
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name) / "closed"
        closed.mkdir()
        (closed / "inner").mkdir()
        for folder, path in ((closed / "inner", closed), (closed, closed)):
            folder.chmod(0)
            with pytest.raises(DataError, match="cannot read folder") as caught:
                source_fingerprint(DataOptions(recipe=str(path)), Path())
            assert "Permission denied" in caught.value.message
            assert caught.value.hint == "check its permissions"
            folder.chmod(0o700)


def test_path_below_a_closed_folder_is_one_sentence(unprivileged):
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name) / "closed"
        closed.mkdir()
        closed.chmod(0)
        with pytest.raises(DataError, match=r"cannot read `.*inner`: Permission denied"):
            locate(DataOptions(recipe=str(closed / "inner")), Path())
        closed.chmod(0o700)
