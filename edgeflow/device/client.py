"""The host's side of the text protocol of MLPerf Tiny (github.com/mlcommons/tiny, benchmark/api)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from edgeflow.device.port import SerialPort
from edgeflow.errors import ToolError

READY = "m-ready"
_NAME = re.compile(r"m-name-dut-\[(.*)\]")
# The standard's firmware takes commands of 80 characters; its own runner sends as many bytes in one.
_CHUNK_BYTES = 31
# The standard's counter has 32 bits.
_WRAP_US = 1 << 32
ANSWER_SECONDS = 5.0
# Of the longest wait for one inference: slower than any network of this size on any such core.
SECONDS_PER_INFERENCE = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """What ``infer`` answered: microseconds of all ``count`` inferences together, and the results."""

    count: int
    elapsed_us: int
    results: tuple[float, ...]

    @property
    def latency_us(self) -> float:
        """Of one inference."""
        return self.elapsed_us / self.count


class Device:
    """A board that speaks the protocol. Raises ToolError, in one sentence, whenever it does not."""

    def __init__(self, port: SerialPort) -> None:
        self._port = port
        self.name = self._wake()
        self.model = self._field("profile", r"m-model-\[(.*)\]")

    def load(self, data: bytes) -> None:
        """Fill the input buffer."""
        self._command(f"db load {len(data)}")
        lines: Sequence[str] = ()
        for start in range(0, len(data), _CHUNK_BYTES):
            lines = self._command(f"db {data[start : start + _CHUNK_BYTES].hex()}")
        if "m-load-done" not in lines:
            raise ToolError(
                f"`{self.name}` did not take all {len(data)} bytes of the input", "lower the --baud"
            )

    def infer(self, count: int, warm_up: int) -> Run:
        """Run so many inferences after others that are not timed."""
        lines = self._command(
            f"infer {count} {warm_up}", ANSWER_SECONDS + SECONDS_PER_INFERENCE * (count + warm_up)
        )
        stamps = [int(found[1]) for line in lines if (found := re.fullmatch(r"m-lap-us-(\d+)", line))]
        results = next(
            (found[1] for line in lines if (found := re.fullmatch(r"m-results-\[(.*)\]", line))), None
        )
        if len(stamps) != 2 or results is None:
            raise ToolError(
                f"`{self.name}` did not finish its inferences: {' '.join(lines[-3:]) or 'no answer'}"
            )
        try:
            values = tuple(float(part) for part in results.split(",") if part)
        except ValueError as error:
            raise ToolError(f"`{self.name}` gives results that are no numbers: {results[:80]}") from error
        return Run(count, (stamps[1] - stamps[0]) % _WRAP_US, values)

    def raw(self) -> bytes | None:
        """The outputs' bytes; None from firmware that only knows the standard's commands."""
        for line in self._exchange("raw", ANSWER_SECONDS):
            if found := re.fullmatch(r"m-raw-\[((?:[0-9a-f]{2})*)\]", line):
                return bytes.fromhex(found[1])
        return None

    def _wake(self) -> str:
        """End what another program may have begun and ask for the name; a board may just be starting.

        Whatever else comes before the name belongs to that.
        """
        self._port.write("%name%")
        name = None
        while (line := self._port.line(ANSWER_SECONDS)) is not None:
            if line == READY and name is not None:
                return name
            if found := _NAME.fullmatch(line):
                name = found[1]
        raise self._silence("name", ANSWER_SECONDS)

    def _field(self, command: str, pattern: str) -> str:
        lines = self._command(command)
        for line in lines:
            if found := re.fullmatch(pattern, line):
                return found[1]
        raise ToolError(
            f"what is at `{self._port.name}` does not answer `{command}` as the protocol says",
            f"it said: {' '.join(lines)[:80]}; is the --baud right?",
        )

    def _command(self, text: str, seconds: float = ANSWER_SECONDS) -> list[str]:
        """The lines of an answer; an error line of the board is raised."""
        lines = self._exchange(text, seconds)
        for line in lines:
            if line.startswith("e-["):
                raise ToolError(f"the board answers `{text[:40]}` with {line}")
        return lines

    def _exchange(self, text: str, seconds: float) -> list[str]:
        self._port.write(f"{text}%")
        lines: list[str] = []
        while (line := self._port.line(seconds)) != READY:
            if line is None:
                raise self._silence(text, seconds)
            if line:
                lines.append(line)
        return lines

    def _silence(self, text: str, seconds: float) -> ToolError:
        return ToolError(
            f"no answer to `{text[:40]}` at `{self._port.name}` within {seconds:g} s",
            "is the right firmware on the board, and the --baud right?",
        )
