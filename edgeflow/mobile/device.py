"""``edgeflow benchmark --adb``: the same on an attached phone, with LiteRT's own program."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgeflow.errors import ModelError, ToolError, UsageError
from edgeflow.mobile.benchmark_output import parse

SCHEMA = 1
REMOTE_DIR = "/data/local/tmp"
TIMEOUT_S = 600
Json = dict[str, Any]


def benchmark(
    model: Path,
    binary: Path | None,
    *,
    serial: str | None,
    threads: Sequence[int],
    runs: int,
    warm_up_runs: int,
) -> Json:
    """Latency on a phone with each number of threads.

    Raises ToolError, UsageError or ModelError, each in one sentence, for what is missing.
    """
    if not model.is_file():
        raise ModelError(f"there is no model `{model}`")
    binary = _existing(binary)
    phone = Phone(serial)
    folder = f"{REMOTE_DIR}/edgeflow-{uuid.uuid4().hex[:12]}"
    phone.shell("mkdir", folder)
    try:
        phone.adb("push", str(binary), f"{folder}/benchmark_model")
        phone.adb("push", str(model), f"{folder}/model.tflite")
        phone.shell("chmod", "755", f"{folder}/benchmark_model")
        results = [_measure(phone, folder, count, runs, warm_up_runs) for count in threads]
        machine = " ".join(phone.shell("getprop", key).strip() for key in _PROPERTIES)
    finally:
        phone.shell("rm", "-r", folder)
    return {
        "schema": SCHEMA,
        "model": model.name,
        "where": "device",
        "machine": machine,
        "runtime": binary.name,
        "load_average": None,
        "kind": f"measured on {machine} ({phone.serial}) by `{binary.name}` with XNNPACK",
        "results": results,
    }


_PROPERTIES = ("ro.product.manufacturer", "ro.product.model")


class Phone:
    """One attached device. Raises ToolError or UsageError when there is no such one."""

    def __init__(self, serial: str | None) -> None:
        program = shutil.which("adb")
        if program is None:
            raise ToolError("`adb` is not installed", "apt install adb, or Android's platform-tools")
        self._program = program
        self.serial = self._choose(serial)

    def adb(self, *arguments: str) -> str:
        """What an adb command on this device prints."""
        return self._run("-s", self.serial, *arguments)

    def shell(self, *arguments: str) -> str:
        """What a command on the device prints."""
        return self.adb("shell", *arguments)

    def _choose(self, serial: str | None) -> str:
        lines = [line.split() for line in self._run("devices").splitlines()[1:] if line.strip()]
        states = {words[0]: words[1] for words in lines if len(words) > 1}
        if serial is not None and serial not in states:
            known = f"attached: {', '.join(states)}" if states else "no device is attached"
            raise UsageError(f"no device `{serial}` is attached", known)
        if not states:
            raise ToolError(
                "no device is attached", "connect one with USB debugging on; `adb devices` lists it"
            )
        if serial is None and len(states) > 1:
            raise UsageError("several devices are attached", f"choose with --phone: {', '.join(states)}")
        chosen = serial or next(iter(states))
        if states[chosen] != "device":
            raise ToolError(
                f"the device `{chosen}` is {states[chosen]}",
                "unlock it and allow USB debugging for this machine",
            )
        return chosen

    def _run(self, *arguments: str) -> str:
        try:
            done = subprocess.run(
                [self._program, *arguments],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as error:
            raise ToolError(f"`adb {arguments[-1]}` did not end within {TIMEOUT_S} s") from error
        if done.returncode != 0:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            raise ToolError(f"`adb {' '.join(arguments[:4])}` failed: {last[0]}")
        return done.stdout + done.stderr  # the program logs to either


def _measure(phone: Phone, folder: str, threads: int, runs: int, warm_up_runs: int) -> Json:
    output = phone.shell(
        f"{folder}/benchmark_model",
        f"--graph={folder}/model.tflite",
        f"--num_threads={threads}",
        f"--num_runs={runs}",
        f"--warmup_runs={warm_up_runs}",
        "--use_xnnpack=true",
    )
    return {"threads": threads, "warm_up_runs": warm_up_runs} | parse(output)


def _existing(binary: Path | None) -> Path:
    if binary is None:
        raise UsageError(
            "`--adb` needs LiteRT's benchmark program for the phone",
            "--benchmark-binary PATH: `benchmark_model` for android_arm64, see"
            " https://ai.google.dev/edge/litert/models/measurement",
        )
    if not binary.is_file():
        raise UsageError(f"there is no benchmark program `{binary}`")
    return binary
