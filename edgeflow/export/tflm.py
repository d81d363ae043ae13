"""Sources for TensorFlow Lite Micro, with the names that its examples have."""

from __future__ import annotations

from edgeflow.errors import ModelError
from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import papers_of, preprocess_sources, render
from edgeflow.tflm.source import read_facts

_FILES = (
    "gen_micro_mutable_op_resolver.h",
    "input_provider.cc",
    "input_provider.h",
    "main.cc",
    "main_functions.cc",
    "main_functions.h",
    "model_settings.cc",
    "model_settings.h",
    "output_handler.cc",
    "output_handler.h",
)
# Methods of MicroMutableOpResolver that do not follow from the operator's name by the rule.
_METHODS = {
    "BATCH_MATMUL": "AddBatchMatMul",
    "PADV2": "AddPadV2",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "AddUnidirectionalSequenceLSTM",
}


def files(bundle: Bundle) -> dict[str, bytes]:
    """The model's array, settings, resolver, ``setup()`` and ``loop()``, the self-test, preprocessing in C.

    Raises ModelError for a model whose arena is not known: TFLite Micro lacks its operators, or edgeflow
    does not know what they allocate.
    """
    if bundle.tflm_arena["unknown_because"]:
        raise ModelError(
            f"a TFLite Micro project needs the size of its arena, but {bundle.tflm_arena['unknown_because']}",
            "export to another destination, such as `cmake`",
        )
    values = {"methods": resolver_methods(bundle)}
    exported = {name: data for name, data in bundle.tflm.items() if name.endswith((".cc", ".h"))}
    exported |= {name: render(f"tflm/{name}.j2", bundle, **values) for name in _FILES}
    for suffix in ("cc", "h"):
        exported[f"{bundle.prefix}_selftest.{suffix}"] = render(f"tflm/selftest.{suffix}.j2", bundle)
    exported |= preprocess_sources(bundle)
    return exported | papers_of(bundle, "tflm", "tflm/README.md.j2", exported, values)


def resolver_methods(bundle: Bundle) -> tuple[str, ...]:
    """The methods of the resolver that add the operators of the array, in alphabetical order."""
    model = read_facts(bundle.tflm.get(f"{bundle.prefix}_model.tflite", bundle.tflite), bundle.name)
    return tuple(sorted({resolver_method(n.kind) for g in model.subgraphs for n in g.nodes}))


def resolver_method(kind: str) -> str:
    """``CONV_2D`` is added by ``AddConv2D``."""
    parts = (part if part[0].isdigit() else part.capitalize() for part in kind.split("_"))
    return _METHODS.get(kind) or f"Add{''.join(parts)}"
