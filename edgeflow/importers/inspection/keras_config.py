"""The configuration of a Keras model: a JSON tree whose objects name classes that Keras will build.

Keras's safe mode stops Lambda layers; this goes further, as files have found other classes and functions
of Keras that read files or import modules: only what `keras_names` lists may be named.
"""

from __future__ import annotations

import json
from math import prod
from typing import TypeGuard

from edgeflow.errors import ModelError
from edgeflow.importers.inspection import keras_names as names
from edgeflow.importers.inspection.sizes import checked_bytes
from edgeflow.importers.inspection.wire import printable
from edgeflow.importers.limits import MAX_DEPTH

Json = dict[str, object]
OWN_CODE_HINT = "build the model from Keras's own layers, then save it again"
SIZE_KEYS = frozenset(
    "units filters input_dim output_dim num_heads key_dim value_dim depth_multiplier n num_tokens num_bins"
    " rank height width data sequence_length fft_length num_mel_bins".split()
)
SHAPE_KEYS = frozenset(
    "batch_shape batch_input_shape input_shape build_input_shape target_shape kernel_size size pool_size"
    " output_shape shape".split()
)
WIDTH_KEYS = ("units", "filters", "output_dim")


def check_config(origin: str, text: bytes | str) -> None:
    """Raise ModelError for a model's configuration that is no JSON or names what is not of Keras."""
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _corrupt(origin, "its configuration is not JSON") from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise _corrupt(origin, "its configuration describes no model")
    # Losses, metrics and the optimizer may be anybody's: models are loaded without compiling them.
    config.pop("compile_config", None)
    _walk(origin, config, "the model", 0)


def _corrupt(origin: str, what: str) -> ModelError:
    return ModelError(f"`{origin}` is corrupt: {what}.", "copy the file again, or save the model again")


def _walk(origin: str, value: object, where: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ModelError(f"`{origin}`: {where} is nested more than {MAX_DEPTH} deep.", OWN_CODE_HINT)
    if isinstance(value, list):
        for item in value:
            _walk(origin, item, where, depth + 1)
    elif isinstance(value, dict):
        where = _named(value, where)
        _check_module(origin, value, where)
        if "class_name" in value:
            _check_class(origin, value, where)
        _check_sizes(origin, value, where)
        for item in value.values():
            _walk(origin, item, where, depth + 1)


def _named(item: Json, where: str) -> str:
    """The layer that an object is or belongs to."""
    config = item.get("config")
    name = config.get("name") if isinstance(config, dict) else None
    if isinstance(name, str) and "class_name" in item:
        return f"layer `{printable(name.encode(errors='replace'))}`"
    return where


def _check_module(origin: str, item: Json, where: str) -> None:
    module = item.get("module")
    if isinstance(module, str) and ("class_name" in item or "registered_name" in item or "fn" in item):
        parts = module.split(".")
        if parts[0] not in {"keras", "builtins"} or not all(map(str.isidentifier, parts)):
            raise ModelError(
                f"`{origin}`: {where} names the Python module `{_text(module)}`, which is not of Keras.",
                OWN_CODE_HINT,
            )
    elif isinstance(module, (dict, list)) and "class_name" in item:
        raise _corrupt(origin, f"{where} has no module's name")
    if "function_type" in item or "module_objects" in item:
        raise ModelError(f"`{origin}`: {where} holds Python code; it is never run.", OWN_CODE_HINT)


def _check_class(origin: str, item: Json, where: str) -> None:
    kind, module, registered = item["class_name"], item.get("module"), item.get("registered_name")
    if not isinstance(kind, str):
        raise _corrupt(origin, f"{where} has no class")
    if reason := names.REFUSED.get(kind):
        raise ModelError(
            f"`{origin}`: {where} is a `{kind}`, which {reason}; it is never loaded.", OWN_CODE_HINT
        )
    if kind == "function":
        function = item.get("config")
        if not isinstance(function, str) or function not in names.FUNCTIONS:
            raise ModelError(f"`{origin}`: {where} names the function `{_text(function)}`.", OWN_CODE_HINT)
        return
    if kind in names.MARKS:
        return
    if (registered is not None and registered != kind) or not _known(kind, module):
        own = registered if isinstance(registered, str) and registered != kind else kind
        raise ModelError(
            f"`{origin}`: {where} is of the class `{_text(own)}`, which is not a layer of Keras.",
            OWN_CODE_HINT,
        )


def _known(kind: str, module: object) -> bool:
    if module == names.CORE_MODULE:
        return kind in names.CORE_OPERATIONS
    return kind in names.CLASSES or (module in names.OPERATION_MODULES and kind.isidentifier())


def _text(value: object) -> str:
    return printable(str(value)[:80].encode(errors="replace"))


def _check_sizes(origin: str, item: Json, where: str) -> None:
    for key, value in item.items():
        if key in SIZE_KEYS and _is_size(value):
            checked_bytes(origin, f"`{key}` of {where}", [value], 32)
        elif key in SHAPE_KEYS and isinstance(value, list) and all(v is None or _is_size(v) for v in value):
            checked_bytes(origin, f"`{key}` of {where}", [v or 1 for v in value], 32)
    config, build = item.get("config"), item.get("build_config")
    if isinstance(config, dict) and isinstance(build, dict):
        _check_weights(origin, config, build, where)


def _check_weights(origin: str, config: Json, build: Json, where: str) -> None:
    """The kernel that a layer makes from its width, its window and the channels that come in."""
    shape, window = build.get("input_shape"), config.get("kernel_size", [])
    if not isinstance(shape, list) or not shape or not _is_size(shape[-1]):
        return
    if not isinstance(window, list) or not all(map(_is_size, window)):
        return
    for width in map(config.get, WIDTH_KEYS):
        if _is_size(width):
            checked_bytes(origin, f"the weights of {where}", [prod(window), shape[-1], width], 32)


def _is_size(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
