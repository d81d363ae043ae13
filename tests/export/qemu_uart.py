"""An image in QEMU with its UART on a pseudo-terminal: the port of a board on the desk."""

import re
import subprocess
from contextlib import contextmanager

from exported import need

_PTY = re.compile(r"char device redirected to (/dev/\S+)")


@contextmanager
def on_pty(elf, machine, qemu="qemu-system-arm"):
    """The path of the UART's pseudo-terminal while QEMU runs the image."""
    command = [need(qemu), "-M", machine, "-display", "none", "-monitor", "none", "-serial", "pty"]
    command += ["-bios", "none"] if machine == "virt" else []
    with subprocess.Popen(
        [*command, "-kernel", elf], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            line = running.stdout.readline()
            found = _PTY.search(line)
            assert found, line
            yield found[1]
        finally:
            running.kill()
