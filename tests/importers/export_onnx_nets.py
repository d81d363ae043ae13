"""Export the small ONNX nets of the tests from PyTorch: `python export_onnx_nets.py` where torch is.

The files are committed, so that the tests need no torch. Inputs are not square and widths differ, so that
no mixed-up axis goes unseen; seeds are fixed and batch norm has statistics of its own.
"""

from __future__ import annotations

import io
from pathlib import Path

import onnx
import torch
from torch import nn
from torch.nn import functional as f

OUT = Path(__file__).resolve().parent / "onnx_nets"
OPSET = 17


def conv(inputs: int, outputs: int, *, kernel: int = 3, act: type[nn.Module] = nn.ReLU, **options: int):
    """A convolution, batch norm and activation."""
    options.setdefault("padding", (kernel // 2) * options.get("dilation", 1))
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, bias=False, **options), nn.BatchNorm2d(outputs), act()
    )


class Head(nn.Module):
    """Mean over the picture, then a dense layer: the usual end of a classifier."""

    def __init__(self, channels: int, classes: int = 5) -> None:
        super().__init__()
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(f.adaptive_avg_pool2d(x, 1).flatten(1))


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.a, self.b = conv(3, 8), conv(8, 8), conv(8, 8, act=nn.Identity)
        self.down, self.shortcut = conv(8, 12, stride=2), conv(8, 12, kernel=1, stride=2, act=nn.Identity)
        self.head = Head(12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        x = f.relu(x + self.b(self.a(x)))
        return self.head(f.relu(self.down(x) + self.shortcut(x)))


class Concat(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.one, self.three = conv(3, 6), conv(6, 4, kernel=1), conv(6, 5)
        self.pool, self.head = nn.MaxPool2d(2), Head(15)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        return self.head(self.pool(torch.cat([self.one(x), self.three(x), x], dim=1)))


class SqueezeExcite(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.squeeze, self.excite = conv(3, 8, stride=2), nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)
        self.depthwise, self.head = conv(8, 8, groups=8), Head(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        gate = torch.sigmoid(self.excite(f.relu(self.squeeze(f.adaptive_avg_pool2d(x, 1)))))
        return self.head(self.depthwise(x * gate))


class TwoInputs(nn.Module):
    """A picture and a vector of measured values."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = nn.Sequential(conv(1, 6, stride=2), conv(6, 8, stride=2))
        self.vector, self.last = nn.Linear(7, 8), nn.Linear(16, 4)

    def forward(self, picture: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        seen = f.adaptive_avg_pool2d(self.picture(picture), 1).flatten(1)
        return self.last(torch.cat([seen, f.relu(self.vector(values))], dim=1))


class FlattenDense(nn.Module):
    """Flattened in NCHW order: the dense layer's weights hide a transpose."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(conv(3, 6, stride=2), conv(6, 5, stride=2))
        self.dense = nn.Sequential(nn.Linear(5 * 3 * 5, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.dense(self.features(x).flatten(1)), dim=1)


class Shuffle(nn.Module):
    """Channels shuffled by reshape and transpose, as ShuffleNet does."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.grouped, self.head = conv(3, 8, stride=2), conv(8, 12, groups=2), Head(12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.grouped(self.stem(x))
        n, c, h, w = x.shape
        return self.head(x.reshape(n, 3, c // 3, h, w).transpose(1, 2).reshape(n, c, h, w))


class ChannelsLast(nn.Module):
    """Takes pictures as [N, H, W, C] and gives a map in that order."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(3, 6), conv(6, 4, kernel=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


class Upsample(nn.Module):
    """A small segmentation net: both kinds of resizing, a skip connection, a map as the output."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.deep = conv(3, 6), conv(6, 8, stride=2)
        self.deeper, self.last = conv(8, 8, stride=2), nn.Conv2d(14, 3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        y = self.deep(x)
        y = y + f.interpolate(self.deeper(y), scale_factor=2, mode="nearest")
        y = f.interpolate(y, scale_factor=2, mode="bilinear", align_corners=False)
        return self.last(torch.cat([x, y], dim=1))


class Transposed(nn.Module):
    """An encoder and decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.down = conv(3, 6, stride=2)
        self.up = nn.ConvTranspose2d(6, 5, 2, stride=2)
        self.wide = nn.ConvTranspose2d(5, 4, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.wide(f.relu(self.up(self.down(x))))


class Waves(nn.Module):
    """One-dimensional convolutions over a signal of three axes."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv1d(3, 6, 5, stride=2, padding=2), nn.Conv1d(6, 8, 3, padding=1)
        self.last = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(f.relu(self.b(f.relu(self.a(x)))).mean(2))


PICTURE = (1, 3, 12, 20)


def nets() -> dict[str, tuple[nn.Module, list[tuple[int, ...]]]]:
    """Every net with the shapes of its inputs, by the name of its file."""
    sequential = nn.Sequential
    return {
        "plain": (sequential(conv(3, 6), nn.MaxPool2d(2), conv(6, 10), Head(10)), [PICTURE]),
        "depthwise": (
            sequential(
                conv(3, 8, stride=2, act=nn.ReLU6),
                conv(8, 8, groups=8, act=nn.ReLU6),
                conv(8, 12, kernel=1),
                conv(12, 12, groups=12, stride=2),
                Head(12),
            ),
            [PICTURE],
        ),
        "residual": (Residual(), [PICTURE]),
        "concat": (Concat(), [PICTURE]),
        "global_pool": (
            sequential(
                conv(3, 6),
                nn.AvgPool2d(2),
                conv(6, 9),
                nn.AdaptiveMaxPool2d(1),
                nn.Flatten(),
                nn.Linear(9, 5),
            ),
            [PICTURE],
        ),
        "hard_swish": (
            sequential(
                conv(3, 8, act=nn.Hardswish),
                conv(8, 8, groups=8, act=nn.Hardswish),
                nn.Hardsigmoid(),
                Head(8),
            ),
            [PICTURE],
        ),
        "resize": (Upsample(), [PICTURE]),
        "squeeze_excite": (SqueezeExcite(), [PICTURE]),
        "dilated": (sequential(conv(3, 6, dilation=2), conv(6, 8, dilation=3), Head(8)), [PICTURE]),
        "transposed_convolution": (Transposed(), [PICTURE]),
        "gelu": (sequential(conv(3, 6, act=nn.GELU), conv(6, 8, stride=2, act=nn.GELU), Head(8)), [PICTURE]),
        "two_inputs": (TwoInputs(), [(1, 1, 12, 20), (1, 7)]),
        "flatten": (FlattenDense(), [PICTURE]),
        "shuffle": (Shuffle(), [PICTURE]),
        "channels_last": (ChannelsLast(), [(1, 12, 20, 3)]),
        "waves": (Waves(), [(1, 3, 50)]),
    }


def settle(net: nn.Module, inputs: list[torch.Tensor]) -> None:
    """Give every batch norm statistics from random pictures, as training would."""
    net.train()
    with torch.no_grad():
        for _ in range(20):
            net(*(torch.randn(8, *x.shape[1:]) for x in inputs))
    net.eval()


def export(
    net: nn.Module, inputs: list[torch.Tensor], dynamic: dict[str, dict[int, str]] | None = None
) -> bytes:
    """The net as ONNX: opset 17, a fixed batch unless ``dynamic`` names free axes."""
    file = io.BytesIO()
    names = [f"x{index}" for index in range(len(inputs))] if len(inputs) > 1 else ["x"]
    torch.onnx.export(
        net,
        tuple(inputs),
        file,
        dynamo=False,
        opset_version=OPSET,
        input_names=names,
        output_names=["y"],
        dynamic_axes=dynamic,
    )
    onnx.checker.check_model(onnx.load_from_string(file.getvalue()))
    return file.getvalue()


def main() -> None:
    OUT.mkdir(exist_ok=True)
    for name, (net, shapes) in nets().items():
        torch.manual_seed(len(name))
        for parameter in net.parameters():
            parameter.data.normal_(
                0, 1.0 / max(1, parameter[0].numel()) ** 0.5
            ) if parameter.dim() > 1 else parameter.data.uniform_(-0.2, 1.2)
        inputs = [torch.randn(shape) for shape in shapes]
        settle(net, inputs)
        (OUT / f"{name}.onnx").write_bytes(export(net, inputs))
        if name == "residual":
            model = onnx.load(OUT / "residual.onnx")
            target = OUT / "weights_outside.onnx"
            weights = "weights_outside.bin"
            (OUT / weights).unlink(missing_ok=True)  # onnx would append
            onnx.save(model, target, save_as_external_data=True, location=weights, size_threshold=256)
        if name == "plain":
            dynamic = {"x": {0: "batch", 2: "height", 3: "width"}, "y": {0: "batch"}}
            (OUT / "dynamic.onnx").write_bytes(export(net, inputs, dynamic))


if __name__ == "__main__":
    main()
