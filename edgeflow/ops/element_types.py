"""The element types of an operator, from the sentences of its own rules."""

from __future__ import annotations

import re
from functools import cache

from edgeflow.ir.graph import DTYPE_BYTES
from edgeflow.ops.spec import OpSpec, Rule

ANY = "any"
_TYPE = re.compile(rf"\b({'|'.join(DTYPE_BYTES)}|element type)\b")


def sentence(rule: Rule) -> str:
    """What the user reads when the rule is broken, on one line."""
    return " ".join((rule.__doc__ or "").split())


@cache
def element_types(spec: OpSpec) -> tuple[str, ...]:
    """The types that its first rule about types names, or ``any`` where that asks only for one type."""
    for rule in spec.rules:
        found = _TYPE.findall(sentence(rule))
        if found:
            return (ANY,) if "element type" in found else tuple(dict.fromkeys(found))
    return (ANY,)
