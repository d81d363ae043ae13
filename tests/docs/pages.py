"""The pages of the documentation, and the commands in them.

A command is a line that begins with `$ ` in a ```console block; other lines are its output, in which
`...` stands for anything and every number for any number. `python tests/docs/pages.py` counts them.
Comments before a block, which no reader sees:

    <!-- test: needs photos/ model.tflite -->   files that the page presumes, made by `sample_files.py`
    <!-- test: not run, REASON -->              only parsed by the command line
    <!-- test: exit 1 -->                       the exit code of the block's last command
    <!-- test: file edgeflow.toml -->           the block is written to this file
"""

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
_NOTE = re.compile(r"<!-- test: (needs|not run,|exit|file) (.+?) -->")
_INLINE = re.compile(r"(?<!`)`(edgeflow [^`]+)`(?!`)")


@dataclass(frozen=True)
class Command:
    """One command; ``reason`` says why it is not run, ``exit_code`` what it must end with."""

    page: Path
    line: int
    text: str
    output: tuple[str, ...] = ()
    reason: str | None = None
    exit_code: int = 0

    @property
    def words(self):
        """As the shell splits it; its comment is left out."""
        return shlex.split(self.text, comments=True)

    def __str__(self):
        return f"{self.page.name}:{self.line}: {self.text}"


@dataclass(frozen=True)
class File:
    """A block that the page tells its reader to write into a file."""

    name: str
    text: str


@dataclass(frozen=True)
class Block:
    """A fenced block and the notes before it."""

    language: str
    line: int
    lines: tuple[str, ...]
    notes: dict[str, str]


def blocks(page):
    """The fenced blocks of a page; a note counts for the block after it."""
    found, notes, lines = [], {}, page.read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        note = _NOTE.fullmatch(lines[at].strip())
        fence = re.match(r"```(\w*)$", lines[at])
        if note:
            assert note[1] != "needs" or not found, f"{page.name}:{at + 1}: files are named before all blocks"
            notes[note[1].rstrip(",")] = note[2]
        elif lines[at].strip().startswith("<!-- test"):
            raise AssertionError(f"{page.name}:{at + 1}: no such note: {lines[at]}")
        elif fence:
            end = lines.index("```", at + 1)
            found.append(Block(fence[1], at + 1, tuple(lines[at + 1 : end]), notes))
            notes, at = {}, end
        at += 1
    return found


def needs(page):
    """Names of the files that a page presumes."""
    found = [block.notes["needs"] for block in blocks(page) if "needs" in block.notes]
    return tuple(name for names in found for name in names.split())


def steps(page):
    """What a reader does, in order: commands and files to write."""
    found = []
    for block in blocks(page):
        if "file" in block.notes:
            found.append(File(block.notes["file"], "\n".join(block.lines) + "\n"))
        if block.language == "console":
            found += _commands(page, block)
    return found


def _commands(page, block):
    found, reason = [], block.notes.get("not run")
    for number, line in enumerate(block.lines, start=block.line + 1):
        if line.startswith("$ "):
            found.append([number, line[2:], []])
        else:
            assert found, f"{page.name}:{number}: output without a command"
            found[-1][2].append(line)
    codes = [0] * (len(found) - 1) + [int(block.notes.get("exit", 0))]
    return [
        Command(page, number, text, tuple(output), reason, code)
        for (number, text, output), code in zip(found, codes, strict=True)
    ]


def commands(page):
    """The commands of a page."""
    return [step for step in steps(page) if isinstance(step, Command)]


def inline_commands(page):
    """Commands of edgeflow within sentences: they are parsed, too, and may have words in place of files."""
    found, in_block = [], False
    text = page.read_text(encoding="utf-8")
    for part in re.split(r"^```.*$", text, flags=re.MULTILINE):
        if not in_block:
            start = text.index(part)
            for match in _INLINE.finditer(part):
                line = text.count("\n", 0, start + match.start()) + 1
                found.append(Command(page, line, " ".join(match[1].split())))
        in_block = not in_block
    return found


def table():
    """How many commands of each page are run, and why others are not."""
    rows, total = [], [0, 0, 0]
    for page in PAGES:
        found = commands(page)
        left = [command for command in found if command.reason]
        counts = [len(found) - len(left), len(left), len(inline_commands(page))]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        rows.append(f"{page.name:28} run {counts[0]:3}  parsed {counts[1]:3}  in sentences {counts[2]:3}")
        rows += [f"    {command.text}: {command.reason}" for command in left]
    return "\n".join([*rows, f"all: run {total[0]}, parsed {total[1]}, in sentences {total[2]}\n"])


if __name__ == "__main__":
    sys.stdout.write(table())
