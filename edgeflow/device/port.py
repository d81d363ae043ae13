"""A serial port with whole lines and a time limit; pyserial does the work."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

from edgeflow.errors import ToolError

# Of a line that never ends: more than the longest reply, the raw bytes of a large output.
_LONGEST_LINE_BYTES = 1 << 20


class SerialPort:
    """An open port, 8 data bits, no parity, one stop bit. Raises ToolError when it cannot be opened."""

    def __init__(self, name: str, baud: int) -> None:
        try:
            import serial
        except ImportError as error:
            raise ToolError(
                "talking to a board needs pyserial, which is not installed", "pip install 'edgeflow[serial]'"
            ) from error
        self.name = name
        self._failures: tuple[type[Exception], ...] = (serial.SerialException, OSError)
        try:
            self._port: Any = serial.Serial(name, baud, timeout=0.1, write_timeout=5, exclusive=True)
        except (*self._failures, ValueError) as error:
            raise ToolError(
                f"cannot open the serial port `{name}`: {_reason(error)}",
                "`python -m serial.tools.list_ports` lists the ports; is the board connected, the port free?",
            ) from error
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._port.close()

    def write(self, text: str) -> None:
        """Send a text. Raises ToolError when the port is gone."""
        try:
            self._port.write(text.encode("ascii"))
        except self._failures as error:
            raise self._gone(error) from error

    def line(self, seconds: float) -> str | None:
        """The next whole line without its end, or None when none came in time.

        Bytes that are no ASCII show as question marks: a wrong baud rate gives such lines.
        """
        end = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if time.monotonic() > end or len(self._rest) > _LONGEST_LINE_BYTES:
                return None
            try:
                self._rest += self._port.read(max(1, self._port.in_waiting))
            except self._failures as error:
                raise self._gone(error) from error
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("ascii", "replace").replace("\ufffd", "?").strip("\r\0 ")

    def _gone(self, error: Exception) -> ToolError:
        return ToolError(
            f"the serial port `{self.name}` is gone: {_reason(error)}", "was the board unplugged?"
        )


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
