"""The writer of small TFLite files lives with the runtimes' tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "emulate"))
