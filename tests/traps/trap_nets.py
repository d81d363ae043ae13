"""Nets whose conversion goes wrong in the field, as int8 ``.tflite`` of TensorFlow: ``trap_nets.py FOLDER``.

Weights are seeded noise; nothing is trained.
"""

import json
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from edgeflow.quantize.convert import int8_model
from edgeflow.quantize.fold_scales import with_folded_scales

SIDE, CHANNELS = 12, 3
PICTURE = (SIDE, SIDE, CHANNELS)


def flatten_of_a_dynamic_batch():
    """Flatten computes its shape: SHAPE, STRIDED_SLICE, PACK in front of RESHAPE."""
    x = inputs = keras.Input(PICTURE)
    x = layers.Conv2D(6, 3, strides=2, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(layers.Flatten()(x)))


def batch_norm_after_concat():
    """No convolution stands before the normalization that could take it: MUL and ADD stay."""
    x = inputs = keras.Input(PICTURE)
    x = layers.Concatenate()([layers.Conv2D(4, 3, padding="same")(x), layers.Conv2D(5, 1)(x)])
    x = layers.ReLU()(normalized(x))
    x = normalized(layers.Conv2D(6, 3, padding="same")(x))
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(layers.ReLU()(x))))


def normalized(x):
    layer = layers.BatchNormalization()
    x = layer(x)
    draw = np.random.default_rng(x.shape[-1])
    low = [0.5, -0.5, -0.3, 0.5]
    layer.set_weights([draw.uniform(a, a + 1.0, x.shape[-1]).astype(np.float32) for a in low])
    return x


def without_softmax():
    """Logits: the program around the model takes the softmax."""
    x = inputs = keras.Input(PICTURE)
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu6")(layers.Conv2D(8, 1)(x))
    return keras.Model(inputs, layers.Dense(5)(layers.Flatten()(layers.MaxPooling2D()(x))))


def two_inputs():
    """A picture and a list of numbers, and two outputs."""
    picture, numbers = keras.Input(PICTURE, name="picture"), keras.Input((7,), name="numbers")
    x = layers.Flatten()(layers.Conv2D(4, 3, strides=2, activation="relu")(picture))
    x = layers.Concatenate()([layers.Dense(6)(x), layers.Dense(5, activation="relu")(numbers)])
    return keras.Model([picture, numbers], [layers.Dense(3)(x), layers.Dense(2, activation="sigmoid")(x)])


def gate(x, channels):
    """Squeeze and excite: a factor for each channel."""
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Conv2D(2, 1, activation="relu")(y)
    return layers.Multiply()([x, layers.Conv2D(channels, 1, activation="sigmoid")(y)])


def hard_swish():
    """As PyTorch exports it: an addition, RELU6, a multiplication, a division by 6."""
    x = inputs = keras.Input(PICTURE)
    x = layers.Conv2D(8, 3, strides=2, padding="same")(x)
    x = gate(layers.Lambda(lambda t: t * tf.nn.relu6(t + 3.0) / 6.0)(x), 8)
    x = layers.Conv2D(6, 1)(x)
    x = layers.Lambda(lambda t: t * tf.nn.relu6(t + 3.0) * (1 / 6))(x)
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))


def float_functions():
    """The converter knows no integer form of them: DEQUANTIZE, NEG or SQUARE, QUANTIZE."""
    x = inputs = keras.Input(PICTURE)
    x = layers.Lambda(tf.square)(layers.Lambda(tf.negative)(layers.Conv2D(6, 3)(x)))
    x = layers.LeakyReLU(negative_slope=0.1)(layers.Conv2D(4, 3, strides=2)(x))
    return keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x)))


def normalized_before(layer, between=()):
    """A normalization behind an activation, and a layer that may take it, perhaps after others."""
    x = inputs = keras.Input(PICTURE)
    x = normalized(layers.Conv2D(4, 3, activation="relu")(x))
    for each in (*between, layer):
        x = each(x)
    return keras.Model(inputs, x)


# Nets whose normalization the layer behind takes, and where it cannot: it pads with zeros.
NORMALIZED = {
    "before_conv": lambda: normalized_before(layers.Conv2D(3, 3)),
    "before_depthwise": lambda: normalized_before(layers.DepthwiseConv2D(3, depth_multiplier=2)),
    "before_pooling": lambda: normalized_before(layers.Conv2D(3, 1), [layers.MaxPooling2D()]),
    "before_mean": lambda: normalized_before(layers.Conv2D(3, 2), [layers.AveragePooling2D(2)]),
    "before_dense": lambda: normalized_before(layers.Dense(3), [layers.Flatten()]),
    "before_padding": lambda: normalized_before(layers.Conv2D(3, 3, padding="same")),
}


class Channels:
    """Operators of a network that came from NCHW, one by one, as simple converters write them."""

    def __init__(self):
        self.draw = np.random.default_rng(3)

    def noise(self, *shape):
        return tf.constant(self.draw.normal(0, 0.3, shape), tf.float32)

    def conv(self, x, channels, stride=1):
        filters = self.noise(3, 3, x.shape[1], channels)
        y = tf.nn.conv2d(tf.transpose(x, [0, 2, 3, 1]), filters, stride, "SAME")
        return tf.transpose(y + self.noise(channels), [0, 3, 1, 2])


def channels_first(x):
    """A residual, a normalization, a padding, a concatenation, pooling by a mean and flattening, in NCHW."""
    net = Channels()
    x = tf.nn.relu(net.conv(x, 6, 2))
    x = tf.nn.relu(x + net.conv(tf.nn.relu(net.conv(x, 6)), 6))
    x = x * net.noise(1, 6, 1, 1) + net.noise(6, 1, 1)
    x = tf.concat([net.conv(x, 4), x], 1)
    x = net.conv(tf.pad(x, [[0, 0], [0, 0], [1, 1], [0, 1]]), 5, 2)
    means = tf.reduce_mean(x, [2, 3]) @ net.noise(5, 3)
    flat = tf.reshape(tf.nn.relu(x), [1, -1])
    return means + flat @ net.noise(flat.shape[1], 3)


def channels_first_picture(x):
    """The same, of a picture in NHWC."""
    return channels_first(tf.transpose(x, [0, 3, 1, 2]))


def shuffled(x):
    """A channel shuffle in NCHW, as ShuffleNet has it."""
    net = Channels()
    x = tf.nn.relu(net.conv(x, 6, 2))
    side = x.shape[2]
    x = tf.reshape(tf.transpose(tf.reshape(x, [1, 2, 3, side, side]), [0, 2, 1, 3, 4]), [1, 6, side, side])
    left, right = tf.split(x, 2, 1)
    x = tf.concat([left, net.conv(right, 3)], 1)
    return tf.reduce_mean(net.conv(x, 4), [2, 3])


KERAS = (
    flatten_of_a_dynamic_batch,
    batch_norm_after_concat,
    without_softmax,
    two_inputs,
    hard_swish,
    float_functions,
)
# Functions with the shape of their input.
FUNCTIONS = {
    channels_first: (1, CHANNELS, SIDE, SIDE),
    channels_first_picture: (1, *PICTURE),
    shuffled: (1, CHANNELS, SIDE, SIDE),
}
EDGES = {"float": tf.float32, "uint8": tf.uint8}


def examples(shapes):
    draw = np.random.default_rng(1)
    for _ in range(20):
        yield [draw.uniform(-1, 1, (1, *shape[1:])).astype(np.float32) for shape in shapes]


def converted(converter, shapes, edges=tf.int8):
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: examples(shapes)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = edges
    return converter.convert()


def outputs(model, case):
    interpreter = tf.lite.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], case)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def write_normalized(folder):
    """Float models as they are and folded, how far they are apart, and the int8 model."""
    for name, make in NORMALIZED.items():
        keras.utils.set_random_seed(5)
        with tempfile.TemporaryDirectory() as saved:
            signature = [keras.InputSpec(shape=(1, *PICTURE), dtype="float32", name="x")]
            make().export(saved, format="tf_saved_model", input_signature=signature, verbose=False)
            model = tf.lite.TFLiteConverter.from_saved_model(saved).convert()
        cases = list(examples([(1, *PICTURE)]))
        folded = with_folded_scales(model)
        pairs = [[outputs(each, case[0]) for each in (model, folded)] for case in cases[:4]]
        facts = {
            "is_folded": folded != model,
            "max_value": float(max(abs(one).max() for one, _ in pairs)),
            "max_difference": float(max(abs(one - other).max() for one, other in pairs)),
        }
        (folder / f"{name}.json").write_text(json.dumps(facts))
        (folder / f"{name}.tflite").write_bytes(int8_model(model, cases))


def main(folder):
    folder.mkdir()
    write_normalized(folder)
    for make in KERAS:
        keras.utils.set_random_seed(5)
        model = make()
        shapes = [tuple(x.shape) for x in model.inputs]
        kinds = {"": tf.int8, **{f"_{name}": kind for name, kind in EDGES.items()}}
        for suffix, edges in (
            kinds.items() if make in {flatten_of_a_dynamic_batch, two_inputs} else [("", tf.int8)]
        ):
            found = converted(tf.lite.TFLiteConverter.from_keras_model(model), shapes, edges)
            (folder / f"{make.__name__}{suffix}.tflite").write_bytes(found)
    for make, shape in FUNCTIONS.items():
        concrete = tf.function(make).get_concrete_function(tf.TensorSpec(shape, tf.float32))
        found = converted(tf.lite.TFLiteConverter.from_concrete_functions([concrete]), [shape])
        (folder / f"{make.__name__}.tflite").write_bytes(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
