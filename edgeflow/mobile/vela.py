"""Ethos-U: Arm's compiler Vela, an external program, says what a model costs on the accelerator.

Vela is looked for in ``EDGEFLOW_VELA`` and on PATH. It stays outside edgeflow's own environment, since it
brings a numpy of its own.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgeflow.errors import ModelError, TargetError, ToolError
from edgeflow.strict_toml import closest

SCHEMA = 1
TIMEOUT_S = 600
VARIABLE = "EDGEFLOW_VELA"
Json = dict[str, Any]

# Accelerator configurations of Vela 5 by the name of the target.
CONFIGURATIONS = (
    "ethos-u55-32",
    "ethos-u55-64",
    "ethos-u55-128",
    "ethos-u55-256",
    "ethos-u65-256",
    "ethos-u65-512",
)
PREFIX = "ethos-u"
_KIB = 1024


def is_ethos(name: str) -> bool:
    """True if a target's name is that of an Ethos-U."""
    return name.startswith(PREFIX) and not name.endswith(".toml")


def profile(model: Path, target: str) -> Json:
    """Vela's estimate of a model on an Ethos-U.

    Raises:
        TargetError: there is no such configuration.
        ToolError: Vela is not installed or fails.
        ModelError: there is no such file, or Vela refuses it.
    """
    if target not in CONFIGURATIONS:
        hint = closest(target, CONFIGURATIONS) or f"known: {', '.join(CONFIGURATIONS)}"
        raise TargetError(f"there is no Ethos-U `{target}`", hint)
    if not model.is_file():
        raise ModelError(f"there is no model file `{model}`")
    program = find_vela()
    version = _run([program, "--version"]).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="edgeflow-vela-") as temporary:
        folder = Path(temporary)
        done = _run(
            [
                program,
                str(model.absolute()),
                f"--accelerator-config={target}",
                f"--output-dir={folder}",
                "--verbose-performance",
            ]
        )
        summaries = sorted(folder.glob("*_summary_*.csv"))
        if done.returncode != 0 or not summaries:
            raise ModelError(f"Vela {version} refuses `{model.name}`: {_reason(done)}")
        summary = _rows(summaries[0])[-1]
        operators = [row for path in folder.glob("*_per-layer.csv") for row in _rows(path)]
    return _result(model, target, version, summary, operators) | {"cpu_reasons": cpu_reasons(_text(done))}


def find_vela() -> str:
    """The program. Raises ToolError when there is none."""
    named = os.environ.get(VARIABLE)
    found = shutil.which(named or "vela")
    if found is None:
        where = f"`{VARIABLE}` names `{named}`, which is no program" if named else "Vela is not installed"
        raise ToolError(
            where,
            "in an environment of its own: `python -m venv vela && vela/bin/pip install ethos-u-vela`,"
            f" then {VARIABLE}=vela/bin/vela",
        )
    return found


def _result(
    model: Path, target: str, version: str, summary: Mapping[str, str], operators: list[dict[str, str]]
) -> Json:
    clock_hz = round(float(summary["core_clock"]))
    on_npu = [row for row in operators if row["Target"] == "NPU"]
    return {
        "schema": SCHEMA,
        "model": model.name,
        "target": target,
        "kind": f"estimated by Vela {version} ({summary['system_config']}, {summary['memory_mode']},"
        f" {clock_hz / 1e6:g} MHz); operators on the CPU are not in it",
        "totals": {
            "npu_cycles": round(float(summary["cycles_total"])),
            "npu_latency_us": round(float(summary["inference_time"]) * 1e6, 1),
            "macs": round(float(summary["nn_macs"])),
            "sram_bytes": _bytes(summary["sram_memory_used"]),
            "dram_bytes": _bytes(summary["dram_memory_used"]),
            "flash_bytes": _bytes(summary["on_chip_flash_memory_used"])
            + _bytes(summary["off_chip_flash_memory_used"]),
        },
        "npu_operators": len(on_npu),
        "cpu_operators": [
            {"kind": row["Original Operator"], "name": row["Name"]}
            for row in operators
            if row["Target"] == "CPU"
        ],
        "operators": [
            {
                "kind": row["Original Operator"],
                "name": row["Name"],
                "cycles": round(float(row["Op Cycles"])),
                "macs": round(float(row["MAC Count"])),
            }
            for row in on_npu
        ],
    }


def cpu_reasons(text: str) -> list[str]:
    """Why Vela leaves operators to the CPU: `QUANTIZE: 32-bit feature-maps are not supported.`, each once."""
    found = re.findall(r"Warning \(supported operators\) operator: (\w+),[^\n]*\n((?:.+\n)*)", text)
    lines = [
        f"{kind}: {' '.join(reason.split()).removeprefix('Reason: ').rstrip('.')}" for kind, reason in found
    ]
    return list(dict.fromkeys(lines))


def _bytes(kib: str) -> int:
    return round(float(kib) * _KIB)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _text(done: subprocess.CompletedProcess[str]) -> str:
    return f"{done.stdout}\n{done.stderr}\n"


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in _text(done).splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it says nothing"])[-1]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # Vela's interpreter is another one: our modules must not reach it.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=TIMEOUT_S,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"`{command[0]}` did not end within {TIMEOUT_S} s") from error
    except OSError as error:
        raise ToolError(f"`{command[0]}` does not run: {error.strerror}") from error
