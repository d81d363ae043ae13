"""Builders of graphs and files live with the passes' and the emulators' tests."""

import sys
from pathlib import Path

for _folder in ("passes", "emulate"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / _folder))
