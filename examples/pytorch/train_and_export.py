"""Train a small network on handwritten digits in PyTorch and export it to ONNX for edgeflow.

    pip install torch onnx scikit-learn
    python train_and_export.py                       # writes digits.onnx, some seconds
    edgeflow build --model digits.onnx --data digits --target cortex-m

What edgeflow needs of an export:
- `model.eval()`: batch norm and dropout as in use, not as in training;
- `dynamo=False, opset_version=17`: the exporter that writes plain operators;
- a batch of 1 and fixed sizes: no `dynamic_axes`;
- the network sees what it will see on the device: a pixel as `pixel * scale + offset` of `[preprocessing]`
  in edgeflow.toml, by default pixel / 128 - 1, and a picture resized to the network's size before.
"""

import argparse

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

SCALE, OFFSET = 1 / 128, -1.0  # edgeflow's defaults


class Block(nn.Module):
    """A depthwise and a pointwise convolution around which the input is added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm_a, self.norm_b = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm_a(self.depthwise(x)))
        return torch.relu(x + self.norm_b(self.pointwise(y)))


def network() -> nn.Module:
    """A classifier of 8x8 grey pictures."""
    return nn.Sequential(
        nn.Conv2d(1, 24, 3, padding=1, bias=False),
        nn.BatchNorm2d(24),
        nn.ReLU(),
        Block(24),
        nn.MaxPool2d(2),
        Block(24),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(24, 10),
    )


def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    """Digits as the network sees them, and their classes."""
    digits = load_digits()
    pixels = (digits.images.astype(np.int64) * 255 + 8) // 16  # 0..16 to 0..255, as edgeflow reads them
    values = pixels[:, np.newaxis] * SCALE + OFFSET
    return torch.tensor(values, dtype=torch.float32), torch.tensor(digits.target)


def train(model: nn.Module, epochs: int) -> float:
    """Train on four fifths; the share of the rest that is recognized."""
    images, classes = pictures()
    order = torch.randperm(len(images))
    learn, check = order[: len(order) * 4 // 5], order[len(order) * 4 // 5 :]
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for _ in range(epochs):
        model.train()
        for rows in learn[torch.randperm(len(learn))].split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[rows]), classes[rows]).backward()
            optimizer.step()
        schedule.step()
    model.eval()
    with torch.no_grad():
        return float((model(images[check]).argmax(1) == classes[check]).float().mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", default="digits.onnx")
    parser.add_argument("--epochs", type=int, default=15)
    options = parser.parse_args()
    torch.manual_seed(1)
    model = network()
    print(f"accuracy in PyTorch: {train(model, options.epochs):.4f}")
    torch.onnx.export(
        model,
        (torch.zeros(1, 1, 8, 8),),
        options.output,
        input_names=["picture"],
        output_names=["digit"],
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
