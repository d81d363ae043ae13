"""Count the multiply-accumulates of the MLPerf Tiny networks by class, into `networks.csv`.

    python benchmarks/latency/networks.py MODELS_FOLDER

The folder holds the four `.tflite` files of mlcommons/tiny under the names below.
"""

from __future__ import annotations

import sys
from pathlib import Path

from edgeflow.frontend.tflite import read_model
from edgeflow.passes.run import run_passes
from edgeflow.profile.engines import CLASSES, class_macs

TABLE = Path(__file__).with_name("networks.csv")
FILES = {
    "vww": "mlperf_vww_mbv1.tflite",
    "ic": "mlperf_ic_resnet8.tflite",
    "kws": "mlperf_kws_dscnn.tflite",
    "ad": "mlperf_ad_autoencoder.tflite",
}
KINDS = {"dense": ("eliminate_channels",), "kept": ()}


def rows(folder: Path) -> list[str]:
    """The lines of the table, without its head."""
    found = []
    for net, name in FILES.items():
        source = read_model(folder / name)
        for kind, disabled in KINDS.items():
            macs = class_macs(run_passes(source, disabled))
            found.append(",".join([net, kind, *(str(macs[one]) for one in CLASSES)]))
    return found


if __name__ == "__main__":
    lines = TABLE.read_text().splitlines()
    head = [line for line in lines if line.startswith("#")] + [",".join(("net", "kind", *CLASSES))]
    TABLE.write_text("\n".join([*head, *rows(Path(sys.argv[1]))]) + "\n")
