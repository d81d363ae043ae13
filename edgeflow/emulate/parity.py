"""The parity stage: reference kernels, TFLite Micro, generated C on host and core, byte by byte."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import write_json
from edgeflow.emulate.comparison import Comparison, Divergence, largest_difference
from edgeflow.emulate.core import CoreRuntime
from edgeflow.emulate.desktop import DesktopRuntime, deviation
from edgeflow.emulate.host import HostRuntime, Trace
from edgeflow.emulate.network import Network, load_network
from edgeflow.emulate.qemu import QemuRuntime
from edgeflow.emulate.raw_pictures import NO_CORE, Raw, RawResult, compare_raw, with_prepared_input
from edgeflow.emulate.tflm import TflmRuntime, is_installed, tflm_form
from edgeflow.errors import ModelError, ParityError

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array

SCHEMA = 1
# Cases are compared in groups, so that the tensors of a group take no more memory than this.
_GROUP_BYTES = 64 << 20
_LARGEST_GROUP = 64


def run(
    model: Path,
    codegen_dir: Path,
    host_library: Path,
    firmware_dir: Path | None,
    inputs: Sequence[Array],
    out_dir: Path,
    *,
    core_cases: int,
    emulator: str = "unicorn",
    tflm: bool = True,
    imported: Mapping[str, Any] | None = None,
    raw: Raw | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> None:
    """Compare all cases on reference and host, the first ``core_cases`` on the core; write ``parity.json``.

    ``host_library`` is the library or its folder. Without ``firmware_dir`` none runs on a core,
    and a note says so. With ``tflm`` all cases run on TFLite Micro, too, where it is installed and takes
    the model; else a note says why not. ``imported`` is what the agreement stage found
    of the model before it was int8. ``raw`` pictures or sounds are prepared by Python, host and core,
    and their classes compared. Raises ParityError, after the file is written, when any byte differs: it names
    the first operator that diverges.
    """
    network = load_network(codegen_dir)
    check = _Check(network)
    shapes = {info.tensor_id: info.shape for info in network.inputs}
    reference = DesktopRuntime(model, processes=2, subgraph=network.subgraph, shapes=shapes)
    require_reference(reference)
    host = HostRuntime(host_library, network)
    notes = [note for note in [deviation()] if note]
    groups = list(_groups(inputs, network, host))
    for start, group in groups:
        progress(f"parity: case {start + 1} of {len(inputs[0])} on reference and host")
        check.reference_and_host(start, group, reference, host)
    if network.is_stateful:
        progress(f"parity: {len(groups[0][1][0])} cases in sequence")
        check.reference_and_host(0, groups[0][1], reference, host, sequence=True)
    runtimes = {"reference": reference.title, "host": host.title}
    if firmware_dir is None:
        notes.append(f"not compared on the core: {NO_CORE}")
    else:
        core = core_runtime(emulator, firmware_dir, network)
        first = [array[:core_cases] for array in inputs]
        progress(f"parity: {len(first[0])} cases on {core.title}")
        check.host_and_core(first, host, core)
        runtimes["core"] = core.title
    micro = tflm_runtime(model, codegen_dir, network) if tflm else "[parity] tflm = false leaves it out"
    if isinstance(micro, TflmRuntime):
        progress(f"parity: {len(inputs[0])} cases on {micro.title}")
        check.reference_and_tflm(inputs, reference, micro)
        runtimes["tflm"] = micro.title
    else:
        notes.append(f"not compared with TFLite Micro: {micro}")
    if raw is not None:
        progress(f"parity: {len(raw)} {raw.what}")
        image = None
        if raw.firmware_dir is not None and raw.missing_image is None:
            image = core_runtime(emulator, raw.firmware_dir, with_prepared_input(network))
        result = compare_raw(raw, network, reference, host, image)
        check.add_raw_pictures(result)
        notes += result.notes
    document = check.as_json() | {"runtimes": runtimes, "notes": notes, "import": imported}
    write_json(out_dir / "parity.json", document)
    if check.divergence is not None:
        raise ParityError(check.divergence.sentence(), check.divergence.hint(notes, out_dir))


def tflm_runtime(model: Path, codegen_dir: Path, network: Network) -> TflmRuntime | str:
    """TFLite Micro with the model as generated for it; the reason where it cannot run it."""
    if not is_installed():
        return "the Python package `tflite_micro` is not installed (pip install 'edgeflow[tflm]')"
    try:
        return TflmRuntime(tflm_form(codegen_dir, network.model) or model)
    except ModelError as error:
        return error.message


def require_reference(desktop: DesktopRuntime) -> None:
    """Raise ModelError without: default kernels round other operators in another way, and prove nothing."""
    if desktop.lacking is not None:
        raise ModelError(
            f"the interpreter has no reference kernel of {desktop.lacking}: nothing can tell whether the"
            " bytes of the generated C are right",
            f"replace {desktop.lacking}, or stop before this (--to host); `edgeflow profile` needs none",
        )


def core_runtime(emulator: str, firmware_dir: Path, network: Network) -> CoreRuntime | QemuRuntime:
    """The emulated core of that name, with the image of a firmware stage. Raises ToolError without it."""
    return (QemuRuntime if emulator == "qemu" else CoreRuntime)(firmware_dir, network)


def _groups(
    inputs: Sequence[Array], network: Network, host: HostRuntime
) -> Iterator[tuple[int, list[Array]]]:
    """Runs of cases small enough that their tensors fit in memory, with the first one's number."""
    (trace,) = host.run_traced([array[:1] for array in inputs])[1]
    case_bytes = sum(map(len, trace.values())) + network.output_bytes
    size = max(1, min(_LARGEST_GROUP, _GROUP_BYTES // case_bytes))
    for start in range(0, len(inputs[0]), size):
        yield start, [array[start : start + size] for array in inputs]


class _Lines:
    """The lines of ``parity.json`` for cases that begin anew, or for those of a sequence."""

    def __init__(self, network: Network, addition: str) -> None:
        outputs, tensors = f"outputs{addition}", f"tensors{addition}"
        self.outputs = Comparison(("reference", "host"), outputs, tensors=len(network.outputs))
        self.tensors = Comparison(("reference", "host"), tensors)
        self.core = Comparison(("host", "core"), outputs, tensors=len(network.outputs))
        self.tflm = Comparison(("reference", "tflm"), outputs, tensors=len(network.outputs))

    @property
    def all(self) -> list[Comparison]:
        """Those that were made."""
        lines = (self.outputs, self.tensors, self.core, self.tflm)
        return [line for line in lines if line.cases]


class _Check:
    """The comparisons of a parity run, filled group by group."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.lines = {False: _Lines(network, "")}
        if network.is_stateful:
            self.lines[True] = _Lines(network, " in sequence")
        self._raw_lines: list[Comparison] = []
        self.divergence: Divergence | None = None
        written = [(i, op.label, t) for i, op in enumerate(network.operators) for t in op.outputs]
        self._operator_of = {tensor_id: (order, label) for order, label, tensor_id in written}

    def reference_and_host(
        self,
        start: int,
        group: Sequence[Array],
        reference: DesktopRuntime,
        host: HostRuntime,
        *,
        sequence: bool = False,
    ) -> None:
        """Compare outputs and every traced tensor of a group of cases that begins with case ``start``."""
        lines = self.lines[sequence]
        host_outputs, traces = host.run_traced(group, sequence=sequence)
        tensor_ids = sorted(traces[0])
        outputs, tensors = reference.run_with_tensors(group, tensor_ids, sequence=sequence)
        lines.tensors.tensors = len(tensor_ids)
        for case, trace in enumerate(traces):
            lines.outputs.cases += 1
            lines.tensors.cases += 1
            expected = {i: array[case] for i, array in tensors.items()}
            self._compare_trace(lines.tensors, start + case, trace, expected)
            self._compare_outputs(lines.outputs, start + case, outputs, host_outputs, case)

    def host_and_core(
        self, inputs: Sequence[Array], host: HostRuntime, core: CoreRuntime | QemuRuntime
    ) -> None:
        """Compare the outputs of cases on the core, of a model that keeps state in a sequence, too."""
        for sequence, lines in self.lines.items():
            by_host = host.run(inputs, sequence=sequence)
            by_core = core.run(inputs, sequence=sequence)
            for case in range(len(inputs[0])):
                lines.core.cases += 1
                self._compare_outputs(lines.core, case, by_host, by_core, case)

    def reference_and_tflm(
        self, inputs: Sequence[Array], reference: DesktopRuntime, tflm: TflmRuntime
    ) -> None:
        """Compare the outputs of all cases, of a model that keeps state in a sequence, too."""
        for sequence, lines in self.lines.items():
            expected = reference.run(inputs, sequence=sequence)
            found = tflm.run(inputs, sequence=sequence)
            for case in range(len(inputs[0])):
                lines.tflm.cases += 1
                self._compare_outputs(lines.tflm, case, expected, found, case)

    def add_raw_pictures(self, result: RawResult) -> None:
        """Take up what became of the raw pictures."""
        self._raw_lines = result.lines
        for found in result.divergences:
            self._note(found)

    def _compare_trace(self, line: Comparison, case: int, trace: Trace, tensors: Mapping[int, Array]) -> None:
        for tensor_id, data in trace.items():
            expected = tensors[tensor_id]
            if line.add(expected.tobytes(), data):
                order, label = self._operator_of.get(tensor_id, (len(self.network.operators), None))
                difference = largest_difference(expected, data)
                self._note(Divergence(order, case, tensor_id, label, difference, line.between))

    def _compare_outputs(
        self, comparison: Comparison, case: int, left: Sequence[Array], right: Sequence[Array], row: int
    ) -> None:
        for info, a, b in zip(self.network.outputs, left, right, strict=True):
            if comparison.add(a[row].tobytes(), b[row].tobytes()):
                order = len(self.network.operators)
                difference = largest_difference(a[row], b[row].tobytes())
                self._note(Divergence(order, case, info.tensor_id, None, difference, comparison.between))

    def _note(self, found: Divergence) -> None:
        if self.divergence is None or found < self.divergence:
            self.divergence = found

    def as_json(self) -> dict[str, Any]:
        """``parity.json`` but for what ran."""
        comparisons = [line for lines in self.lines.values() for line in lines.all] + self._raw_lines
        return {
            "schema": SCHEMA,
            "comparisons": [comparison.as_json() for comparison in comparisons],
            "differing_bytes": sum(comparison.differing_bytes for comparison in comparisons),
            "first_divergence": None if self.divergence is None else self.divergence.as_json(),
        }
