"""What a model file may ask for at most; one place, so that every reader refuses at the same bound.

Each is far above what a network for a microcontroller or a phone needs, and far below what would hurt.
"""

from __future__ import annotations

import sys

# One file, and all files of a folder or archive together.
MAX_MODEL_BYTES = 1 << 30
MAX_UNPACKED_BYTES = 2 << 30
# Files in a folder, members of an archive.
MAX_MEMBERS = 10_000
# One constant, variable or declared value.
MAX_TENSOR_BYTES = 512 << 20
MAX_DIMENSION = 1 << 28
MAX_RANK = 32
# The description of the network apart from its weights.
MAX_CONFIG_BYTES = 64 << 20
MAX_DEPTH = 64
# Entries of a protobuf file that are looked at one by one; some seconds of work.
MAX_FIELDS = 5_000_000
# Objects (groups and data sets) of an HDF5 file.
MAX_HDF5_OBJECTS = 50_000
# A child process that looks into a file whose library is not ours: its memory and its time.
INSPECTION_MEMORY_BYTES = 4 << 30
INSPECTION_SECONDS = 8
# A child process in which a framework works on a file.
IMPORT_MEMORY_BYTES = 8 << 30
IMPORT_SECONDS = 1800


def bound_process(memory_bytes: int, seconds: int) -> None:
    """Bound the memory that this process can write to, and its processor time, where the system can (Linux).

    Not its address space: runtimes reserve much of that for each core and never touch it.
    """
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
