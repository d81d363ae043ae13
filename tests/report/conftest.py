"""The parts of a small build as the stages write them."""

import json

import numpy as np
import pytest

from edgeflow.artifact import write_bytes
from edgeflow.emulate.png import png

DATASET = {
    "schema": 1,
    "name": "shapes",
    "title": "Shapes <b>drawn</b> & scanned",
    "seed": 1,
    "archive": None,
    "classes": ["circle", "square"],
    "counts": {
        "train": {"circle": 60, "square": 55},
        "val": {"circle": 10, "square": 9},
        "test": {"circle": 4, "square": 6},
    },
}
PREPROCESSING = {
    "schema": 1,
    "kind": "picture",
    "height": 16,
    "width": 24,
    "channels": 1,
    "color_mode": "grayscale",
    "interpolation": "area",
    "aspect_ratio": "pad",
    "pad_value": 128,
    "scale": [0.0078125],
    "offset": [-1.0],
}
AUDIT = {
    "schema": 1,
    "name": "shapes",
    "pictures": 150,
    "class_counts": {"circle": 74, "square": 70},
    "unreadable": [{"name": "circle/<script>alert(1)</script>.png", "reason": "not a picture"}],
    "duplicates": [["circle/1.png", "circle/2.png"]],
    "tiny": [],
}
EVALUATION = {
    "schema": 1,
    "classes": ["circle", "square"],
    "pictures": 10,
    "float": {
        "accuracy": 0.9,
        "correct": 9,
        "runtime": "default kernels",
        "confusion_matrix": [[4, 0], [1, 5]],
    },
    "int8": {
        "accuracy": 0.8,
        "correct": 8,
        "runtime": "reference kernels",
        "confusion_matrix": [[3, 1], [1, 5]],
    },
}
WORST = {
    "schema": 1,
    "model": "int8",
    "cases": [
        {
            "case": 7,
            "name": "circle/<b>seven</b>.png",
            "picture": "worst/00007.png",
            "true": "circle",
            "predicted": "square",
            "score": 0.9375,
            "true_score": 0.0625,
            "runner_up": "square",
            "runner_up_score": 0.9375,
        },
        {
            "case": 2,
            "name": None,
            "picture": None,
            "true": "square",
            "predicted": "square",
            "score": 0.625,
            "true_score": 0.625,
            "runner_up": "circle",
            "runner_up_score": 0.375,
        },
    ],
}
PLAN = {
    "schema": 1,
    "arena_bytes": 4000,
    "lower_bound_bytes": 3000,
    "alignment_bytes": 16,
    "regions": [{"index": 0, "capacity_bytes": None, "start_bytes": 0, "used_bytes": 4000}],
    "placements": [
        {
            "tensor_id": 0,
            "name": "input",
            "role": "tensor",
            "offset_bytes": 0,
            "byte_count": 1000,
            "first_op": 0,
            "last_op": 0,
        },
        {
            "tensor_id": 3,
            "name": "conv",
            "role": "tensor",
            "offset_bytes": 1008,
            "byte_count": 2000,
            "first_op": 0,
            "last_op": 1,
        },
        {
            "tensor_id": None,
            "name": "conv scratch",
            "role": "scratch",
            "offset_bytes": 3008,
            "byte_count": 992,
            "first_op": 0,
            "last_op": 0,
        },
        {
            "tensor_id": 4,
            "name": "out",
            "role": "tensor",
            "offset_bytes": 0,
            "byte_count": 10,
            "first_op": 1,
            "last_op": 1,
        },
    ],
    "live_bytes": [4000, 2016],
    "peak_operators": [],
}
AGREEMENT = {
    "schema": 1,
    "rows": [
        {
            "between": ["float", "int8"],
            "part": "test",
            "output": 0,
            "cases": 10,
            "max_difference": 0.0625,
            "mean_difference": 0.00125,
            "output_range": 0.5,
            "relative_max_difference": 0.125,
            "relative_mean_difference": 0.0025,
            "same_class": 9,
            "argmax_agreement": 0.9,
        }
    ],
    "accuracy": [{"model": "int8", "part": "test", "cases": 10, "correct": 8, "accuracy": 0.8}],
    "noise": {
        "cases": 4,
        "layers": [
            {"operator": 3, "kind": "CONV_2D", "tensor": "<noisy>", "sqnr_db": 17.25, "lost_db": 4.5},
            {"operator": 4, "kind": "RESHAPE", "tensor": "flat", "sqnr_db": None, "lost_db": None},
        ],
        "unmatched_operators": 2,
    },
    "runtimes": {"float": "tflite-runtime", "int8": "tflite-runtime"},
}
PARITY = {
    "schema": 1,
    "differing_bytes": 0,
    "comparisons": [
        {
            "between": ["reference", "host"],
            "kind": "tensors",
            "cases": 32,
            "tensors": 3,
            "bytes": 96320,
            "differing_bytes": 0,
        },
        {
            "between": ["reference", "core"],
            "kind": "outputs",
            "cases": 8,
            "tensors": 1,
            "bytes": 80,
            "differing_bytes": 0,
        },
    ],
    "first_divergence": None,
    "import": {key: AGREEMENT[key] for key in ("rows", "accuracy", "runtimes")},
    "runtimes": {"reference": "tflite-runtime 2.14.0"},
    "notes": ["not compared with another runtime"],
}
TOTALS = {
    "flash_bytes": 52_429,
    "code_bytes": 40_000,
    "weights_bytes": 12_429,
    "ram_bytes": 13_107,
    "arena_bytes": 4000,
    "arena_lower_bound_bytes": 3000,
    "static_bytes": 8000,
    "stack_bytes": 1107,
    "instructions": 1_234_567,
    "cycles": 1_500_000,
    "latency_us": 18_750.0,
    "macs": 400_000,
    "dense_macs": 500_000,
    "recomputed_macs": 0,
    "moved_bytes": 20_000,
    "zero_wait_cycles": 1_300_000,
    "flash_wait_cycles": 200_000,
    "energy_uj": 841.9,
}
ROOFS = {
    "peak_macs_per_cycle": 2,
    "peak_source": "SMLAD",
    "ram_bytes_per_cycle": 4,
    "ram_source": "32-bit data bus",
    "flash_bytes_per_cycle": 1.333,
    "flash_source": "8 bytes a read",
}
MOVED = {"input_bytes": 3000, "constant_bytes": 12_000, "output_bytes": 5000, "moved_bytes": 20_000}
PROFILE = {
    "schema": 2,
    "roofline": ROOFS,
    "target": "cortex-m",
    "compiler": "zig",
    "elf": "firmware/shapes.elf",
    "totals": TOTALS,
    "kinds": dict.fromkeys(TOTALS, "measured (linked ELF)")
    | {"cycles": "estimated (zero-wait model)", "instructions": "simulated (unicorn)"},
    "operators": [
        {
            "index": 0,
            "kind": "CONV_2D",
            "label": "CONV_2D #0 (`conv`)",
            "absorbed": ["PAD #3"],
            "macs": 390_000,
            "instructions": 1_200_000,
            "cycles": 1_450_000,
            "weights_bytes": 12_000,
            "latency_us": 18_125.0,
            "percent": 96.7,
            "bound": "compute",
            "macs_per_byte": 19.5,
            "flash_wait_cycles": 1000,
            "live_bytes": 3900,
            **MOVED,
        },
        {
            "index": 1,
            "kind": "SOFTMAX",
            "label": "SOFTMAX #1 (`out`)",
            "absorbed": [],
            "macs": 0,
            "instructions": 30_000,
            "cycles": 45_000,
            "weights_bytes": 429,
            "latency_us": 562.5,
            "percent": 3.0,
            "bound": None,
            "macs_per_byte": 0.0,
            "flash_wait_cycles": 1000,
            "live_bytes": 100,
            **MOVED,
        },
    ],
    "outside": {
        "instructions": 4567,
        "cycles": 5000,
        "flash_wait_cycles": 55,
        "latency_us": 62.5,
        "percent": 0.3,
    },
    "sections": [
        {"name": ".text", "flash_bytes": 40_000, "ram_bytes": 0},
        {"name": ".bss", "flash_bytes": 0, "ram_bytes": 12_000},
    ],
    "limits": {
        "flash_bytes": 1_048_576,
        "ram_bytes": 262_144,
        "flash_reserved_bytes": 0,
        "ram_reserved_bytes": 0,
        "reserved_reason": "",
    },
}
HISTORY = {
    "schema": 1,
    "epochs": [
        {"epoch": 1, "loss": 2.0, "accuracy": 0.3, "val_loss": 1.5, "val_accuracy": 0.4},
        {"epoch": 2, "loss": 1.0, "accuracy": 0.7, "val_loss": 0.5, "val_accuracy": 0.8},
        {"epoch": 3, "loss": 0.5, "accuracy": 0.8, "val_loss": 0.75, "val_accuracy": 0.7},
    ],
    "best_epoch": 2,
    "stopped_early": True,
}
QUANTIZATION = "tensor,scale,zero_point\nconv,0.0235,-128\nout,0.00390625,-128\n"
BUDGETS = [
    {"name": "flash of cortex-m", "value": 52_429, "limit": 1_048_576, "percent": 5.0, "ok": True},
    {"name": "budget.accuracy", "value": 0.8, "limit": 0.75, "percent": 106.7, "ok": True},
]
DOCUMENTS = {
    "dataset": DATASET,
    "preprocessing": PREPROCESSING,
    "audit": AUDIT,
    "history": HISTORY,
    "evaluation": EVALUATION,
    "worst": WORST,
    "agreement": AGREEMENT,
    "memory_plan": PLAN,
    "parity": PARITY,
    "profile": PROFILE,
}


@pytest.fixture
def build(tmp_path):
    """Paths of all parts, written to a folder that the report must not mention."""
    paths = {}
    for name, content in DOCUMENTS.items():
        paths[name] = tmp_path / "stages" / f"{name}.json"
        paths[name].parent.mkdir(exist_ok=True)
        paths[name].write_text(json.dumps(content))
    picture = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
    write_bytes(tmp_path / "stages" / "worst" / "00007.png", png(picture))
    paths["quantization"] = tmp_path / "stages" / "quantization.csv"
    paths["quantization"].write_text(QUANTIZATION)
    return paths


@pytest.fixture
def budgets():
    """Two limits, both kept."""
    return [dict(row) for row in BUDGETS]


@pytest.fixture
def documents():
    """The content of the parts by name."""
    return json.loads(json.dumps(DOCUMENTS))
