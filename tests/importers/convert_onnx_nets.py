"""Convert many ONNX nets in two processes instead of two each: `convert_onnx_nets.py STEP OUT NETS...`.

The steps are those of edgeflow.importers.onnx, one after the other, as its processes run them.
"""

import json
import sys
from pathlib import Path

from edgeflow.errors import ModelError

SHAPES = {"dynamic": {"x": [1, 3, 12, 20]}}


def main() -> None:
    step, out, *nets = sys.argv[1:]
    for net in map(Path, nets):
        work_dir = Path(out) / net.stem
        if not (work_dir / "refused.json").exists():
            try:
                convert(step, net, work_dir)
            except ModelError as error:
                (work_dir / "refused.json").write_text(json.dumps([error.message, error.hint]))


def convert(step: str, net: Path, work_dir: Path) -> None:
    work_dir.mkdir(parents=True, exist_ok=True)
    if step == "prepare":
        from edgeflow.importers.onnx_steps.prepare import prepare

        prepare(net, SHAPES.get(net.stem, {}), work_dir)
    else:
        from edgeflow.importers.onnx_steps.lower import lower

        lower({"work_dir": str(work_dir), "name": net.name}, lambda text: None)


if __name__ == "__main__":
    main()
