"""Helpers of neighbouring folders: models from dictionaries, and generated C called through ctypes."""

import sys
from pathlib import Path

for folder in ("frontend", "codegen"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / folder))
