"""Every command in the documentation: run in the order of its page, or at least parsed."""

import os
import re
import subprocess

import pytest
from pages import PAGES, REPOSITORY, Command, File, blocks, commands, inline_commands, needs, steps
from sample_files import SAMPLES, SMALL, small
from typer.exceptions import TyperException

from edgeflow.cli.app import app
from edgeflow.project import load_project

SHELLS = {"sh", "bash", "shell"}
RUN = [page for page in PAGES if any(command.reason is None for command in commands(page))]
WRITTEN = [command for page in PAGES for command in commands(page)]
IN_SENTENCES = [command for page in PAGES for command in inline_commands(page)]


def label(page):
    return page.stem


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN, ids=label)
def test_page_runs(page, workshop):
    folder = workshop(needs(page))
    for step in steps(page):
        if isinstance(step, File):
            (folder.path / step.name).write_text(step.text)
        elif step.reason is None:
            run(step, folder)


def run(command, folder):
    environment = os.environ | folder.environment
    done = subprocess.run(
        ["bash", "-c", small(command)],
        cwd=folder.path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode == command.exit_code, f"{command}\n{said[-3000:]}"
    missing = unsaid(command.output, said)
    assert missing is None, f"{command}\nthe page says `{missing}`, the command\n{said[-3000:]}"


def unsaid(expected, said):
    """The first line of the quoted output that was not said, in this order, else None."""
    rest = plain(said)
    for line in expected:
        parts = [plain(part) for part in line.split("...")]
        for part in filter(None, parts):
            if part not in rest:
                return line
            rest = rest[rest.index(part) + len(part) :]
    return None


def plain(text):
    """Text with every number as `#` and one blank between words: figures depend on machine and settings."""
    return " ".join(re.sub(r"\d[\d,]*(\.\d+)?", "#", text).split())


def test_quoted_output_is_compared():
    assert (
        unsaid(["flash  36,240  B", "...", "parity: 0 ... bytes"], "flash 1 B\nx\nparity: 7 big bytes")
        is None
    )
    assert unsaid(["b", "a"], "a\nb") == "a"
    assert unsaid(["parity: 0 differing"], "parity: none differing") == "parity: 0 differing"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_every_shell_block_is_run_or_says_why_not(page):
    for block in blocks(page):
        assert block.language not in SHELLS, f"{page.name}:{block.line}: ```console with `$ ` before commands"
        if block.language != "console":
            assert not any(line.startswith("$ ") for line in block.lines), f"{page.name}:{block.line}"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_files_that_a_page_presumes_are_known(page):
    assert set(needs(page)) <= set(SAMPLES)


def parsed(words):
    """The values that the command line reads from the words after ``edgeflow``."""
    from typer.main import get_command

    command, words = get_command(app), list(words)
    while hasattr(command, "commands"):
        if not words:
            return {}
        name = words.pop(0)
        assert name in command.commands, f"no command `{name}`"
        command = command.commands[name]
    return command.make_context(command.name, words).params


def check_options(command):
    words = command.words[1:]
    if words[0].startswith("--") or "--list" in words or "--help" in words:
        return
    load_project(None, tuple(parsed(words).get("overrides") or ()))


@pytest.mark.parametrize("command", [c for c in WRITTEN if c.words[0] == "edgeflow"], ids=str)
def test_command_line_knows_command_and_options(command):
    check_options(command)


@pytest.mark.parametrize("command", IN_SENTENCES, ids=str)
def test_sentences_name_commands_and_options_that_there_are(command):
    try:
        check_options(command)
    except TyperException as error:  # a sentence may leave out arguments, but not make up options
        if not re.search(r"Missing parameter|requires an argument", str(error)):
            raise


def test_what_the_command_line_does_not_know_is_noticed():
    for words in (["bild"], ["build", "--sett", "a=b"], ["targets", "draw"], ["build", "surplus"]):
        with pytest.raises(Exception, match=r"no command|No such option|unexpected"):
            parsed(words)


MAKE = [c for c in WRITTEN if c.words[0] == "make" and "-C" not in c.words]


@pytest.mark.parametrize("command", MAKE, ids=str)
def test_make_knows_its_goal(command):
    goals = re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert set(command.words[1:]) <= set(goals)


def test_small_settings_are_options_of_a_project():
    assert load_project(None, SMALL)
    assert small(Command(REPOSITORY, 1, "edgeflow build  # all")).startswith("edgeflow build --set ")
    assert small(Command(REPOSITORY, 1, "ls build")) == "ls build"
