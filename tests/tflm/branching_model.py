"""A file whose order of operators holds two large tensors at once, though one after the other would do."""

from flat_models import Table, build, model, operator, operator_code, quantization, tensor

SIDE = [1, 4, 4, 8]
TALL = [1, 16, 4, 8]


def branching_model():
    """Each branch makes its input four times as tall and pools it back; ADD joins them."""
    quant = quantization([0.5], [3])
    concat = Table("ConcatenationOptions", Axis=1)
    pool = Table("Pool2DOptions", Padding=1, StrideW=1, StrideH=4, FilterWidth=1, FilterHeight=4)
    shapes = [SIDE, TALL, TALL, SIDE, SIDE, SIDE]
    return build(
        model(
            [operator_code("CONCATENATION"), operator_code("MAX_POOL_2D", 2), operator_code("ADD", 2)],
            [tensor(f"t{i}", shape, quant=quant) for i, shape in enumerate(shapes)],
            [
                operator(0, [0, 0, 0, 0], [1], concat),
                operator(0, [0, 0, 0, 0], [2], concat),
                operator(1, [1], [3], pool),
                operator(1, [2], [4], pool),
                operator(2, [3, 4], [5], Table("AddOptions")),
            ],
            [0],
            [5],
        )
    )
