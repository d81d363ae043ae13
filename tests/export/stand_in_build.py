"""CMake's part of a framework's stand-in: an example as static libraries for the real core."""

import os
import subprocess

from exported import need
from uart_program import BARE_OPTIONS

from edgeflow.firmware.compiler import CORE_FLAGS
from edgeflow.resources import data_dir
from edgeflow.target.core import CORES


def libraries(source, build, environment, core, *options):
    """Configure and build ``source``; the archives of libraries, that of the program first."""
    headers = f"-idirafter {data_dir('firmware_templates') / 'common'}"  # where the compiler has no string.h
    flags = " ".join([*CORE_FLAGS[core].gcc, *BARE_OPTIONS, headers])
    configure = [need("cmake"), "-S", source, "-B", build, "-DCMAKE_SYSTEM_NAME=Generic"]
    configure += [f"-DCMAKE_C_COMPILER={need(CORES[core].architecture.gcc)}", f"-DCMAKE_C_FLAGS={flags}"]
    configure += ["-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY", *options]
    for command in (configure, ["cmake", "--build", build, "-j2"]):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return ["-Wl,--start-group", *sorted(build.rglob("*.a")), "-Wl,--end-group"]
