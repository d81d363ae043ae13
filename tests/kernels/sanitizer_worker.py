"""``sanitizer_worker.py LIBRARY MODE``: run the named cases on a sanitized library, or plant a fault.

Started with the sanitizer's runtime preloaded. Prints the number of cases run.
"""

import ctypes
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ops"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "frontend"))

from cases import CASES
from kernel_harness import run_call
from op_graphs import graph_of, run_all

from edgeflow.ops.spec import KERNEL_SETS, KernelCall, TensorArg


def copy_call(byte_count):
    args = (TensorArg(0), TensorArg(1))
    return KernelCall("ef_copy", "ef_copy.h", args, "ef_copy_params", (("byte_count", byte_count),))


def overflowing_mean():
    params = {
        "kept_count": (1, 1), "kept_step": (0, 0), "averaged_count": (1, 1), "averaged_step": (0, 1),
        "sum_offset": 2**31 - 1, "multiplier": 2**30, "shift": 0, "output_offset": 0,
    }  # fmt: skip
    args = (TensorArg(0), TensorArg(1))
    return KernelCall("ef_mean_s8", "ef_mean.h", args, "ef_mean_params", tuple(params.items()))


def main():
    library = ctypes.CDLL(sys.argv[1])
    small = {0: np.ones(5000, np.int8), 1: np.zeros(6000, np.int8)}
    if sys.argv[2] == "read_past_the_end":
        run_call(library, copy_call(5001), small)
    elif sys.argv[2] == "overflow":
        run_call(library, overflowing_mean(), small)
    else:
        for case in CASES:
            graph = graph_of(case)
            for kernel_set in KERNEL_SETS:
                run_all(library, graph, case.feeds, kernel_set)
        sys.stdout.write(str(len(CASES)))


if __name__ == "__main__":
    main()
