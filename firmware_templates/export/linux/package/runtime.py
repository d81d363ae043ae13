"""The TFLite interpreter, from whichever package is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from .errors import ToolError

Kernels = Literal["default", "reference"]
# Both have the same interface; the first one that is installed is taken. The second number is by how many
# steps of the quantization its reference kernels may be off: the FULLY_CONNECTED of ai-edge-litert rounds
# once where the others round twice.
PACKAGES = (("tflite_runtime.interpreter", 0), ("ai_edge_litert.interpreter", 2))


def open_interpreter(model: bytes, kernels: Kernels, threads: int | None) -> Any:  # noqa: ANN401  two classes
    """An interpreter with its tensors allocated. Raises ToolError when neither package is installed."""
    module, _steps = _module()
    resolvers = {"default": module.OpResolverType.AUTO, "reference": module.OpResolverType.BUILTIN_REF}
    interpreter = module.Interpreter(
        model_content=model, num_threads=threads, experimental_op_resolver_type=resolvers[kernels]
    )
    interpreter.allocate_tensors()
    return interpreter


def steps_off() -> int:
    """What the reference kernels of the installed package may be off. Raises ToolError without one."""
    return _module()[1]


def _module() -> tuple[Any, int]:
    for name, steps in PACKAGES:
        try:
            return import_module(name), steps
        except ModuleNotFoundError:
            continue
    raise ToolError("no TFLite interpreter is installed", "pip install ai-edge-litert, or tflite-runtime")
