"""The programs that write to boards: an explicit table, in order of preference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from edgeflow.errors import ToolError
from edgeflow.flash.payload import Kind, Payload
from edgeflow.target.microcontroller import Programmer

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, what it flashes, the key of ``[programmer]`` that it needs, and the commands that do it.

    ``commands`` takes what to flash, the board's names and the serial port.
    """

    name: str
    kind: Kind
    key: str
    install: str
    when_it_fails: str
    takes_port: bool
    commands: Callable[[Payload, Programmer, str | None], tuple[Command, ...]]
    version_arguments: Command = ("--version",)


def _probe_rs(payload: Payload, names: Programmer, _port: str | None) -> tuple[Command, ...]:
    """``download`` only writes; ``reset`` starts the new program."""
    chip = ("--chip", str(names.probe_rs_chip))
    return ("probe-rs", "download", *chip, str(payload.path)), ("probe-rs", "reset", *chip)


def _openocd(payload: Payload, names: Programmer, _port: str | None) -> tuple[Command, ...]:
    image = _tcl_word(payload.path.resolve())
    files = [part for name in names.openocd_config for part in ("-f", name)]
    # Not OpenOCD's `program`, which breaks a path at its spaces.
    steps = ("init", "reset init", f"flash write_image erase {image}", f"verify_image {image}", "reset run")
    return (("openocd", *files, *(part for step in (*steps, "shutdown") for part in ("-c", step))),)


def _tcl_word(path: Path) -> str:
    """A path as one word of OpenOCD's language."""
    text = str(path)
    if any(mark in text for mark in "{}\\\n"):
        raise ToolError(f"OpenOCD cannot be told the path `{text}`", "move it to one without braces")
    return f"{{{text}}}"


def _west(payload: Payload, names: Programmer, _port: str | None) -> tuple[Command, ...]:
    """A sample names its module itself; given twice, CMake would see the module twice."""
    build = ("-d", str(payload.path / "build"))
    board = ("-b", str(names.zephyr_board))
    return ("west", "build", *board, *build, str(payload.path)), ("west", "flash", *build)


def _arduino_cli(payload: Payload, names: Programmer, port: str | None) -> tuple[Command, ...]:
    library = ("--library", str(payload.package)) if payload.package else ()
    where = ("--port", port) if port else ()
    board = ("--fqbn", str(names.arduino_fqbn))
    return (("arduino-cli", "compile", "--upload", *board, *where, *library, str(payload.path)),)


def _idf(payload: Payload, names: Programmer, port: str | None) -> tuple[Command, ...]:
    project = ("idf.py", "-C", str(payload.path))
    where = ("-p", port) if port else ()
    return (*project, "set-target", str(names.esp_idf_target)), (*project, *where, "flash")


_PROBE = "its own message is above; is the probe connected, the board powered, and may this user open USB?"
_SERIAL = "its own message is above; is the board connected, and --port its serial port?"

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "probe-rs",
            "image",
            "probe_rs_chip",
            "`cargo install probe-rs-tools --locked`, or see probe.rs",
            _PROBE,
            takes_port=False,
            commands=_probe_rs,
        ),
        Tool(
            "openocd",
            "image",
            "openocd_config",
            "`apt install openocd`, or see openocd.org",
            _PROBE,
            takes_port=False,
            commands=_openocd,
        ),
        Tool(
            "west",
            "zephyr",
            "zephyr_board",
            "`pip install west` and a Zephyr workspace, see docs.zephyrproject.org",
            "its own message is above; it must run in a Zephyr workspace or know it by ZEPHYR_BASE",
            takes_port=False,
            commands=_west,
        ),
        Tool(
            "arduino-cli",
            "arduino",
            "arduino_fqbn",
            "see arduino.github.io/arduino-cli, then `arduino-cli core install` for the board",
            _SERIAL,
            takes_port=True,
            commands=_arduino_cli,
            version_arguments=("version",),
        ),
        Tool(
            "idf.py",
            "esp-idf",
            "esp_idf_target",
            "install ESP-IDF; its `export.sh` puts `idf.py` on PATH",
            _SERIAL,
            takes_port=True,
            commands=_idf,
        ),
    )
}
