"""``python -m edgeflow.tflm.worker MODEL BYTES``: one TFLite Micro interpreter in a process of its own.

Prepares the model with an arena of that many bytes, runs it once, and has the runtime report its
allocations. Exits with 0 if that works; an arena that is too small may also crash the process.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Do what the command line asks."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(Path(sys.argv[1]).read_bytes(), arena_size=int(sys.argv[2]))
    interpreter.invoke()
    interpreter.print_allocations()


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, ValueError) as error:  # how the interpreter refuses
        sys.exit(str(error))
