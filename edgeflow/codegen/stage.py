"""The code generation stage: any int8 ``.tflite`` in, C99 and the TFLite Micro form out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from edgeflow.artifact import sha256_bytes, write_bytes, write_json, write_text
from edgeflow.codegen.identifiers import c_prefix
from edgeflow.codegen.kernels import kernel_files
from edgeflow.codegen.model_c import model_c
from edgeflow.codegen.model_h import CALLER_HEADER, model_h
from edgeflow.codegen.network import network_json, work_of
from edgeflow.codegen.offer import Offer, usual_offer
from edgeflow.codegen.options import DEFAULT_OPTIONS, CodegenOptions, StripeMode
from edgeflow.codegen.preprocess import preprocess_files
from edgeflow.codegen.program import Program, build_program
from edgeflow.codegen.schedule import ALIAS_OPS
from edgeflow.codegen.stripes.search import striped_schedule
from edgeflow.codegen.tflm import tflm_form
from edgeflow.errors import UsageError
from edgeflow.frontend.interface import Choice
from edgeflow.frontend.tflite import parse_model, read_bytes, read_interface, read_model
from edgeflow.ir.graph import Graph
from edgeflow.ir.text import format_graph
from edgeflow.memory.picture import plan_svg
from edgeflow.memory.timeline import plan_to_json
from edgeflow.ops.registry import check_ops, op_macs
from edgeflow.ops.spec import KernelSet
from edgeflow.passes.eliminate_channels import eliminate_channels
from edgeflow.passes.infer_shapes import infer_shapes
from edgeflow.passes.run import run_passes, traced_passes
from edgeflow.preprocess.declaration import Declaration
from edgeflow.resources import kernels_dir
from edgeflow.tflite_edit import with_integer_edges, with_only_subgraph, with_shapes

# The model that was compiled, where its edges were changed before.
EDITED_MODEL = "model_integer_edges.tflite"


def run(
    model: Path,
    out_dir: Path,
    *,
    name: str,
    symbol: str | None = None,
    options: CodegenOptions = DEFAULT_OPTIONS,
    offer: Offer | None = None,
    preprocessing: Declaration | None = None,
) -> None:
    """Write ``c/``, ``tflm/``, ``network.json`` and ``memory_plan.json``, ``.svg`` of a model.

    With ``options.integer_edges`` and other edges also ``model_integer_edges.tflite``: then the model.

    Args:
        model: an int8 ``.tflite``.
        out_dir: an empty folder, for all of it.
        name: the model's name; its C form begins every symbol.
        symbol: another name for the array of the TFLite Micro form.
        options: how the C is generated.
        offer: the kernel calls to choose from, instead of all of ``options.kernels``.
        preprocessing: what makes the network's input of raw data; adds ``preprocess.c`` and ``.h`` to ``c/``.

    Raises:
        BudgetError: the arena does not fit ``options.regions``.
        ModelError: the file is corrupt, or has an operator or form that is not supported.
        UsageError: ``symbol`` is no C identifier, an option names what does not exist, or the network
            does not take the pictures of ``preprocessing``.
        ToolError: TFLite Micro's arena is to be confirmed, but the runtime is not installed.
    """
    choice = Choice(options.shapes, options.signature)
    edited = _edited(model, options)
    if edited is not None:
        write_bytes(out_dir / EDITED_MODEL, edited)
        model = out_dir / EDITED_MODEL
    source, subgraph = read_model(model, choice), read_interface(model, choice).subgraph
    flatbuffer = model.read_bytes()
    dense = run_passes(source, (*options.disabled_passes, eliminate_channels.__name__))
    check_ops(dense, model.name)
    graph, changes = traced_passes(source, options.disabled_passes)
    check_ops(graph, model.name)
    program = compile_graph(
        graph,
        name=name,
        source_sha256=sha256_bytes(flatbuffer),
        regions=options.regions,
        kernels="plain" if options.kernels == "auto" else options.kernels,
        offer=offer,
        stripes=options.stripes,
        max_recompute=options.max_recompute,
    )
    program = replace(program, static_arena=options.static_arena, subgraph=subgraph)
    pictures = preprocess_files(preprocessing, program, kernels_dir()) if preprocessing else {}
    micro = _for_tflm(flatbuffer, source, subgraph)
    tflm = tflm_form(micro, model.name, name=name, symbol=symbol, options=options)
    if micro != flatbuffer:
        write_bytes(out_dir / "tflm" / f"{c_prefix(name)}_model.tflite", micro)
    for file_name, content in tflm.files.items():
        write_bytes(out_dir / "tflm" / file_name, content)
    write_json(out_dir / "tflm" / "tflm_arena.json", tflm.arena)
    write_text(out_dir / "c" / "model.c", model_c(program))
    write_text(out_dir / "c" / "model.h", model_h(program))
    calls = [call.kernel for step in program.steps for call in step.calls]
    for file_name, content in kernel_files(calls, kernels_dir(), [CALLER_HEADER]).items():
        write_bytes(out_dir / "c" / file_name, content)
    for file_name, content in pictures.items():
        write_bytes(out_dir / "c" / file_name, content)
    network = network_json(program, work_of(dense)) | {"passes": [asdict(change) for change in changes]}
    write_json(out_dir / "network.json", network)
    plan = plan_to_json(program.graph, program.plan)
    write_json(out_dir / "memory_plan.json", plan)
    write_text(out_dir / "memory_plan.svg", plan_svg(plan))
    if options.emit_ir:
        write_text(out_dir / "graph_before.txt", format_graph(source))
        write_text(out_dir / "graph_after.txt", format_graph(graph))


def graph_to_compile(model: Path, options: CodegenOptions = DEFAULT_OPTIONS) -> Graph:
    """The checked graph of a model after the passes, as ``run`` compiles it.

    Raises:
        ModelError: the file is corrupt, or has an operator or form that is not supported.
    """
    edited = _edited(model, options)
    choice = Choice(options.shapes, options.signature)
    source = read_model(model, choice) if edited is None else parse_model(edited, model.name)
    graph, _ = traced_passes(source, options.disabled_passes)
    check_ops(graph, model.name)
    return graph


def _edited(model: Path, options: CodegenOptions) -> bytes | None:
    """The model with int8 edges in place of others; None where it stays as it is.

    Raises:
        ModelError: the file is corrupt.
        UsageError: shapes or a signature are chosen as well.
    """
    if not options.integer_edges:
        return None
    if options.shapes or options.signature is not None:
        raise UsageError(
            "integer edges do not go together with shapes or a signature: the edited model has not the names",
            "leave out integer_edges, or convert the model with these shapes",
        )
    read_model(model)
    return with_integer_edges(read_bytes(model))


def _for_tflm(flatbuffer: bytes, source: Graph, subgraph: int) -> bytes:
    """The flatbuffer as TFLite Micro must have it, which takes the first subgraph and trusts all shapes."""
    if subgraph:
        flatbuffer = with_only_subgraph(flatbuffer, subgraph)
    inferred = infer_shapes(source).tensors
    return with_shapes(flatbuffer, {i: tensor.shape for i, tensor in inferred.items() if i >= 0})


def compile_graph(
    graph: Graph,
    *,
    name: str,
    source_sha256: str,
    regions: Sequence[int] = (),
    kernels: KernelSet = "plain",
    offer: Offer | None = None,
    stripes: StripeMode = "auto",
    max_recompute: float = 0.0,
) -> Program:
    """Lower, plan and resolve a graph whose operators have been checked.

    Raises:
        ModelError: the graph has no input or output, or one of them is a constant.
        BudgetError: the arena does not fit the regions.
        InternalError: the memory plan is wrong.
    """
    schedule = striped_schedule(
        graph, kernels, regions, offer or usual_offer(kernels), mode=stripes, max_recompute=max_recompute
    )
    return build_program(
        schedule.graph,
        schedule.calls,
        schedule.plan,
        name=name,
        source_sha256=source_sha256,
        macs={op.index: op_macs(graph, op) for op in graph.ops},
        alias_ops=ALIAS_OPS,
    )
