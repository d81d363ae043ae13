"""Classify files, test the model, or serve it: ``python -m MODEL --help``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from .classifier import Classifier
from .errors import DataError, UserError
from .selftest import selftest
from .service import Service

DEFAULT_TOP = 3
DEFAULT_ADDRESS = "127.0.0.1:8080"


def main() -> int:
    """Do what the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="pictures, WAV files, or raw tensors of one case")
    parser.add_argument("--top", type=int, default=DEFAULT_TOP, help="how many classes (%(default)s)")
    parser.add_argument(
        "--kernels", choices=("default", "reference"), default="default", help="see README.md"
    )
    parser.add_argument("--threads", type=int, help="of the interpreter")
    parser.add_argument("--json", action="store_true", help="answer in JSON, one line a file")
    parser.add_argument("--selftest", action="store_true", help="run the golden cases: PASS or FAIL")
    parser.add_argument("--serve", nargs="?", const=DEFAULT_ADDRESS, metavar="HOST:PORT", help="over HTTP")
    options = parser.parse_args()
    if not options.files and not options.selftest and options.serve is None:
        parser.error("give files, --selftest or --serve")
    try:
        return _run(options)
    except UserError as error:
        _complain(error)
        return 1


def _run(options: argparse.Namespace) -> int:
    if options.selftest:
        return 0 if selftest(print) else 1
    model = Classifier(options.kernels, options.threads)
    if options.serve is not None:
        return _serve(model, options.serve)
    if model.takes == "raw":
        outputs = model.real(model.run(model.raw([_read(path) for path in options.files])))
        print(json.dumps([output.tolist() for output in outputs]))
        return 0
    failures = 0
    for path in options.files:
        try:
            _answer(model, path, options)
        except UserError as error:
            _complain(error)
            failures += 1
    return 1 if failures else 0


def _answer(model: Classifier, path: Path, options: argparse.Namespace) -> None:
    data = _read(path)
    started = time.perf_counter()
    try:
        tensor = model.prepare(data)
    except DataError as error:
        raise UserError(f"`{path}`: {error.message}", error.hint) from error
    prepared = time.perf_counter()
    outputs = model.run([tensor])
    ran = time.perf_counter()
    results = model.results(outputs, options.top)
    times: dict[str, Any] = {
        "prepare_ms": round((prepared - started) * 1000, 3),
        "run_ms": round((ran - prepared) * 1000, 3),
    }
    if options.json:
        classes = [result._asdict() for result in results]
        print(json.dumps({"file": str(path), "results": classes, **times}, ensure_ascii=False))
        return
    names = ", ".join(f"{result.label} {result.score:.4f}" for result in results)
    print(f"{path}: {names} ({times['prepare_ms']:.1f} + {times['run_ms']:.1f} ms)")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read `{path}`: {error.strerror}") from error


def _serve(model: Classifier, address: str) -> int:
    if model.takes == "raw":
        raise UserError("the service takes pictures or sounds, this model takes raw values")
    host, colon, port = address.rpartition(":")
    if not colon or not _is_port(port):
        raise UserError(f"`--serve {address}` is not HOST:PORT", f"for example {DEFAULT_ADDRESS}")
    try:
        service = Service((host, int(port)), model)
    except OSError as error:
        raise UserError(f"cannot listen at `{address}`: {error.strerror}") from error
    with service:
        print(f"http://{host}:{service.server_port}/", flush=True)
        try:
            service.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) < 1 << 16


def _complain(error: UserError) -> None:
    print(f"error: {error.message}" + (f"\n  {error.hint}" if error.hint else ""), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
