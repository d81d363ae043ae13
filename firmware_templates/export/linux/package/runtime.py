"""The TFLite interpreter, from whichever package is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from .errors import ToolError

Kernels = Literal["default", "reference"]
# Both have the same interface; the first one that is installed is taken.
PACKAGES = ("ai_edge_litert.interpreter", "tflite_runtime.interpreter")


def open_interpreter(model: bytes, kernels: Kernels, threads: int | None) -> Any:  # noqa: ANN401  two classes
    """An interpreter with its tensors allocated. Raises ToolError when neither package is installed."""
    module = _module()
    resolvers = {"default": module.OpResolverType.AUTO, "reference": module.OpResolverType.BUILTIN_REF}
    interpreter = module.Interpreter(
        model_content=model, num_threads=threads, experimental_op_resolver_type=resolvers[kernels]
    )
    interpreter.allocate_tensors()
    return interpreter


def _module() -> Any:  # noqa: ANN401  as above
    for name in PACKAGES:
        try:
            return import_module(name)
        except ModuleNotFoundError:
            continue
    raise ToolError("no TFLite interpreter is installed", "pip install ai-edge-litert, or tflite-runtime")
