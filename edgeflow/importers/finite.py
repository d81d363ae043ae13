"""Refuse weights that are not numbers before a converter meets them, which would abort."""

from __future__ import annotations

import struct
from pathlib import Path

from edgeflow.errors import ModelError


def require_finite(path: Path, source: str) -> None:
    """Raises ModelError naming the first float constant of a ``.tflite`` that is not a finite number.

    ``source`` names the model in the message.
    """
    import numpy as np
    from tflite import Model, TensorType

    dtypes = {TensorType.FLOAT32: np.float32, TensorType.FLOAT16: np.float16}
    try:
        model = Model.GetRootAs(path.read_bytes(), 0)
        for graph in (model.Subgraphs(number) for number in range(model.SubgraphsLength())):
            for tensor in (graph.Tensors(index) for index in range(graph.TensorsLength())):
                buffer = model.Buffers(tensor.Buffer())
                if tensor.Type() not in dtypes or buffer.DataLength() == 0:
                    continue
                if not np.isfinite(buffer.DataAsNumpy().view(dtypes[tensor.Type()])).all():
                    raise ModelError(
                        f"`{tensor.Name().decode(errors='replace')}` in `{source}` holds values that are not"
                        " finite numbers",
                        "train again with a lower learning rate",
                    )
    except (struct.error, IndexError, AttributeError, TypeError, ValueError) as error:
        raise ModelError(f"`{source}` is damaged: its tables point outside the file") from error
