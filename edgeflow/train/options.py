"""What a project says about its model and training; no heavy import, read at start-up."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

ArchitectureName = Literal["mobilenet-v1", "mobilenet-v2"]
Width = Annotated[float, msgspec.Meta(ge=0.1, le=2.0)]
StemStride = Literal[1, 2]


class ModelOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[model]`` table of the project file."""

    # The network; docs/extending.md says how to add one.
    architecture: ArchitectureName = "mobilenet-v1"
    # Width multiplier (alpha): MobileNetV1, arXiv 1704.04861, section 3.3; MobileNetV2, arXiv 1801.04381.
    width: Width = 0.25
    # How many of the network's blocks (13 of MobileNetV1, 17 of V2) are kept, from the first on.
    blocks: Annotated[int, msgspec.Meta(ge=1, le=17)] = 6
    # Stride of the first convolution: 1 keeps small pictures at full resolution longer.
    stem_stride: StemStride = 1
    # Share of the features before the last layer that training drops at random.
    dropout: Annotated[float, msgspec.Meta(ge=0.0, lt=1.0)] = 0.0
    # File with the class names in the order of the model's outputs; without it they are sorted.
    labels: Annotated[str, msgspec.Meta(min_length=1)] | None = None


class TrainOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[train]`` table of the project file."""

    # Most passes over the training part.
    epochs: Annotated[int, msgspec.Meta(ge=1)] = 40
    # Pictures of one step.
    batch_size: Annotated[int, msgspec.Meta(ge=1)] = 32
    # Peak of the schedule: a linear warm-up, then half a cosine down to zero (arXiv 1608.03983).
    learning_rate: Annotated[float, msgspec.Meta(gt=0.0)] = 0.1
    # Pull of all weights towards zero, which keeps them from fitting the training part alone.
    weight_decay: Annotated[float, msgspec.Meta(ge=0.0)] = 0.0005
    # Epochs without a better validation loss before training stops.
    early_stopping_patience: Annotated[int, msgspec.Meta(ge=1)] = 15
    # What each picture undergoes at random in training: moved by some pixels, mirrored as well.
    augment: Literal["none", "shift", "shift-flip"] = "shift"


class EnergyOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[energy]`` table of the project file: what a training's energy means."""

    # Grams of CO2 for a kilowatt-hour; the default is the world's average of 2022 (Ember, Global
    # Electricity Review 2023).
    carbon_g_per_kwh: Annotated[float, msgspec.Meta(ge=0.0)] = 436.0
    # Power of the machine while it trains, for an estimate where no counter can be read.
    training_power_w: Annotated[float, msgspec.Meta(gt=0.0)] | None = None
