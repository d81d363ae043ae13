"""Compile damaged one-operator models and compare what they compute with TFLite's reference kernels.

`python tests/fuzz/differential.py --seconds 600 --seed 7`. A mutation that both compile must give the same
bytes; the reference may refuse it, crash or hang, which is no finding. Prints a JSON summary; files of
findings, and the model that ran last if this process dies, stand in `--findings`.
"""

import argparse
import hashlib
import json
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from fuzz import HangError, limit_resources
from mutation import MODELS, description, mutated

TESTS = Path(__file__).resolve().parent.parent
for neighbour in ("kernels", "ops"):
    sys.path.insert(0, str(TESTS / neighbour))

from kernel_harness import host_library, run_graph  # noqa: E402  its folder was unknown before

from edgeflow.errors import EdgeflowError  # noqa: E402  as above
from edgeflow.frontend.tflite import parse_model  # noqa: E402  as above
from edgeflow.ops.registry import check_ops, lower, op_macs  # noqa: E402  as above
from edgeflow.passes.run import run_passes  # noqa: E402  as above

SECONDS_PER_MODEL = 10
MOST_ELEMENTS, MOST_MACS, MOST_FILE_BYTES = 2**17, 2**23, 20_000
FEEDS = 3


class Reference:
    """TFLite's reference kernels in a process that may die and is then started again."""

    def __init__(self):
        self._process = None

    def run(self, model, feeds):
        """Outputs of all feeds; a string where there are none, whatever the reason."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(TESTS / "ops" / "oracle_worker.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        signal.alarm(SECONDS_PER_MODEL)
        try:
            pickle.dump((model, feeds), self._process.stdin)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)  # noqa: S301  our own worker writes it
        except (EOFError, OSError, pickle.UnpicklingError, HangError):
            self.close()
            return "the interpreter crashed or hung"
        finally:
            signal.alarm(0)

    def close(self):
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            self._process = None


def one_operator_models():
    """The small generated models, by name; empty without the shared set."""
    if not (MODELS / "index.json").is_file():
        return {}
    entries = json.loads((MODELS / "index.json").read_text())["models"]
    files = {e["name"]: MODELS / e["file"] for e in entries if e["tier"].startswith("synth")}
    return {n: path.read_bytes() for n, path in files.items() if path.stat().st_size <= MOST_FILE_BYTES}


def compiled_graph(data):
    """The graph whose kernels run, None of a refused one and of one too large to run often."""
    try:
        graph = run_passes(parse_model(data, "m.tflite"))
        check_ops(graph, "m.tflite")
    except EdgeflowError:
        return None
    elements = sum(tensor.element_count for tensor in graph.tensors.values())
    if elements > MOST_ELEMENTS or sum(op_macs(graph, op) for op in graph.ops) > MOST_MACS:
        return None
    return graph if graph.ops and not graph.variables else None


def feeds_of(graph, seed):
    """Random values over each type's whole range, and both of its ends."""
    random = np.random.default_rng(seed)

    def values(tensor, kind):
        if tensor.dtype == "float32":
            return random.normal(0, 10.0 ** (2 * kind), tensor.shape).astype(np.float32)
        if tensor.dtype == "bool":
            return random.integers(0, 2, tensor.shape).astype(bool)
        low, high = np.iinfo(tensor.dtype).min, np.iinfo(tensor.dtype).max
        if kind == 2:
            return random.choice([low, high], tensor.shape).astype(tensor.dtype)
        return random.integers(low, high, tensor.shape, endpoint=True).astype(tensor.dtype)

    return [tuple(values(graph.tensors[i], kind) for i in graph.inputs) for kind in range(FEEDS)]


def reason_to_differ(graph):
    """Why the reference is no oracle for the graph, or None."""
    for op in graph.ops:
        if op.kind == "SUM":
            return "its SUM of int8 rescales partial sums wrongly"
        if op.kind == "FULLY_CONNECTED" and len(graph.output_tensor(op).shape) > 2:
            return "with a scale per channel it leaves rows behind the second dimension unwritten"
    return None


def difference(graph, library, feeds, expected):
    """A sentence about the first output that differs, or None."""
    for number, (feed, outputs) in enumerate(zip(feeds, expected, strict=True)):
        arrays = run_graph(library, graph, lower, feed)
        for tensor_id, reference in zip(graph.outputs, outputs, strict=True):
            found = arrays[tensor_id]
            if found.dtype != reference.dtype or found.shape != reference.shape:
                return f"feed {number}: {found.dtype}{found.shape}, not {reference.dtype}{reference.shape}"
            if found.tobytes() != reference.tobytes():
                place = np.flatnonzero((found != reference).reshape(-1))[:1]
                pair = [array.reshape(-1)[place].tolist() for array in (found, reference)]
                return f"feed {number}, element {place.tolist()}: {pair[0]}, not {pair[1]}"
    return None


def compare(models, *, seed, seconds, executions, findings_dir):
    """Mutations of all models in turn; counts, and the differences."""
    prepared = [(name, data, description(data)) for name, data in sorted(models.items())]
    counts = {"refused": 0, "refused_by_reference": 0, "no_oracle": 0, "equal": 0, "different": 0}
    findings, reference, library = [], Reference(), host_library()
    findings_dir.mkdir(parents=True, exist_ok=True)
    last = findings_dir / "last.tflite"
    done, end = 0, time.monotonic() + seconds
    while done < executions and time.monotonic() < end:
        name, data, positions = prepared[done % len(prepared)]
        case = mutated(data, positions, f"{seed}/{done}")
        done += 1
        graph = compiled_graph(case)
        if graph is None or reason_to_differ(graph):
            counts["refused" if graph is None else "no_oracle"] += 1
            continue
        feeds = feeds_of(graph, done)
        expected = reference.run(case, feeds)
        if isinstance(expected, str):
            counts["refused_by_reference"] += 1
            continue
        last.write_bytes(case)
        sentence = difference(graph, library, feeds, expected)
        counts["equal" if sentence is None else "different"] += 1
        if sentence is not None and len(findings) < 20:
            path = findings_dir / f"{name}-{hashlib.sha256(case).hexdigest()[:12]}.tflite"
            path.write_bytes(case)
            findings.append({"file": str(path), "difference": sentence})
    reference.close()
    last.unlink(missing_ok=True)
    return {"executions": done, **counts, "findings": findings}


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--executions", type=int, default=2**31)
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args()
    models = one_operator_models()
    if not models:
        sys.exit("the shared models are not here: there is nothing to mutate")
    limit_resources()
    summary = compare(
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
