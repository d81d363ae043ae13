"""Compile damaged models until the time is over: `python tests/fuzz/fuzz.py --seconds 600 --seed 7`.

Each has to become C or be refused in a sentence, within bounded time and memory. Anything else is a
finding, written to `--findings` as a file for `tests/fuzz/corpus`. Prints a JSON summary.
"""

import argparse
import hashlib
import json
import random
import resource
import signal
import sys
import time
import traceback
from pathlib import Path

from mutation import description, mutated, shared_models

from edgeflow.codegen.model_c import model_c
from edgeflow.codegen.model_h import model_h
from edgeflow.codegen.network import network_json
from edgeflow.codegen.stage import compile_graph
from edgeflow.errors import EdgeflowError, InternalError
from edgeflow.frontend.tflite import parse_model
from edgeflow.ops.registry import check_ops
from edgeflow.passes.run import run_passes

MEMORY_BYTES = 3 * 2**30
SECONDS_PER_MODEL = 20


class HangError(Exception):
    """A model took longer than any of its size may."""


def compile_model(data):
    """`compiled`, or `refused` after a whole sentence; every other end is the caller's to report."""
    try:
        graph = run_passes(parse_model(data, "m.tflite"))
        check_ops(graph, "m.tflite")
        program = compile_graph(graph, name="m", source_sha256="0" * 64)
        for text in (model_c(program), model_h(program), json.dumps(network_json(program))):
            text.encode("ascii")
    except InternalError:
        raise
    except EdgeflowError as error:
        if not error.message or "Traceback" in error.message:
            raise
        return "refused"
    return "compiled"


def judged(data):
    """The end of a compilation, or the traceback of one that has no legal end."""
    signal.alarm(SECONDS_PER_MODEL)
    try:
        return compile_model(data), None
    except Exception:  # noqa: BLE001  finding them is what this program is for
        return "finding", traceback.format_exc(limit=-4)
    finally:
        signal.alarm(0)


def limit_resources():
    """No model may take more memory or time than a small one needs."""

    def hang(_signal, _frame):
        raise HangError(f"more than {SECONDS_PER_MODEL} s")

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, hang)


def fuzz(models, *, seed, seconds, executions, findings_dir):
    """Mutations of all models in turn; the counts of how they ended."""
    prepared = [(name, data, description(data)) for name, data in sorted(models.items())]
    random.Random(seed).shuffle(prepared)  # noqa: S311  an order, not a secret
    counts = {"compiled": 0, "refused": 0, "finding": 0}
    findings, end, slowest = [], time.monotonic() + seconds, 0.0
    done = 0
    while done < executions and time.monotonic() < end:
        name, data, positions = prepared[done % len(prepared)]
        case = mutated(data, positions, f"{seed}/{done}")
        start = time.monotonic()
        how, trace = judged(case)
        slowest = max(slowest, time.monotonic() - start)
        counts[how] += 1
        done += 1
        if trace is not None and len(findings) < 20:
            digest = hashlib.sha256(case).hexdigest()[:12]
            path = findings_dir / f"{name}-{digest}.tflite"
            findings_dir.mkdir(parents=True, exist_ok=True)
            path.write_bytes(case)
            findings.append({"file": str(path), "traceback": trace})
    return {"executions": done, **counts, "slowest_s": round(slowest, 2), "findings": findings}


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--executions", type=int, default=2**31)
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args()
    models = shared_models()
    if not models:
        sys.exit("the shared models are not here: there is nothing to mutate")
    limit_resources()
    summary = fuzz(
        models,
        seed=options.seed,
        seconds=options.seconds,
        executions=options.executions,
        findings_dir=options.findings,
    )
    print(json.dumps(summary, indent=1))
    sys.exit(1 if summary["findings"] else 0)


if __name__ == "__main__":
    main()
