"""Write a TFLite file of one FULLY_CONNECTED operator with the flatbuffer classes."""

import flatbuffers
import numpy as np
import tflite


def fully_connected(input_shape, weights, bias, scales):
    """Bytes of the model; ``scales`` of input, weights and output make it int8, None float32.

    Zero points are 0 and the output is ``[1, len(weights)]``.
    """
    builder = flatbuffers.Builder(1024)
    kinds = (np.float32,) * 4 if scales is None else (np.int8, np.int8, np.int32, np.int8)
    all_scales = None if scales is None else (scales[0], scales[1], scales[0] * scales[1], scales[2])
    data = (b"", weights.astype(kinds[1]).tobytes(), bias.astype(kinds[2]).tobytes(), b"")
    shapes = (input_shape, weights.shape, bias.shape, (1, len(weights)))
    buffers = [_buffer(builder, content) for content in (b"", *data)]
    tensors = [
        _tensor(builder, index, shapes[index], kinds[index], all_scales and all_scales[index])
        for index in range(4)
    ]
    subgraph = _subgraph(builder, tensors, _operator(builder))
    description = builder.CreateString("test")
    codes = _offsets(builder, [_operator_code(builder)])
    subgraphs = _offsets(builder, [subgraph])
    buffer_vector = _offsets(builder, buffers)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, subgraphs)
    tflite.ModelAddDescription(builder, description)
    tflite.ModelAddBuffers(builder, buffer_vector)
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _offsets(builder, items):
    builder.StartVector(4, len(items), 4)
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item)
    return builder.EndVector()


def _integers(builder, values):
    return builder.CreateNumpyVector(np.array(values, np.int32))


def _buffer(builder, content):
    builder.StartVector(1, len(content), 16)
    builder.head -= len(content)
    builder.Bytes[builder.head : builder.head + len(content)] = content
    vector = builder.EndVector()
    tflite.BufferStart(builder)
    if content:
        tflite.BufferAddData(builder, vector)
    return tflite.BufferEnd(builder)


def _tensor(builder, index, shape, kind, scale):
    name = builder.CreateString(("picture", "weights", "bias", "scores")[index])
    shape_vector = _integers(builder, shape)
    quantization = None
    if scale is not None:
        scales = builder.CreateNumpyVector(np.array([scale], np.float32))
        zero_points = builder.CreateNumpyVector(np.array([0], np.int64))
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scales)
        tflite.QuantizationParametersAddZeroPoint(builder, zero_points)
        quantization = tflite.QuantizationParametersEnd(builder)
    types = {
        np.float32: tflite.TensorType.FLOAT32,
        np.int8: tflite.TensorType.INT8,
        np.int32: tflite.TensorType.INT32,
    }
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, shape_vector)
    tflite.TensorAddType(builder, types[kind])
    tflite.TensorAddBuffer(builder, index + 1)
    tflite.TensorAddName(builder, name)
    if quantization is not None:
        tflite.TensorAddQuantization(builder, quantization)
    return tflite.TensorEnd(builder)


def _operator_code(builder):
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, tflite.BuiltinOperator.FULLY_CONNECTED)
    tflite.OperatorCodeAddVersion(builder, 4)
    tflite.OperatorCodeAddBuiltinCode(builder, tflite.BuiltinOperator.FULLY_CONNECTED)
    return tflite.OperatorCodeEnd(builder)


def _operator(builder):
    tflite.FullyConnectedOptionsStart(builder)
    options = tflite.FullyConnectedOptionsEnd(builder)
    inputs, outputs = _integers(builder, [0, 1, 2]), _integers(builder, [3])
    tflite.OperatorStart(builder)
    tflite.OperatorAddOpcodeIndex(builder, 0)
    tflite.OperatorAddInputs(builder, inputs)
    tflite.OperatorAddOutputs(builder, outputs)
    tflite.OperatorAddBuiltinOptionsType(builder, tflite.BuiltinOptions.FullyConnectedOptions)
    tflite.OperatorAddBuiltinOptions(builder, options)
    return tflite.OperatorEnd(builder)


def _subgraph(builder, tensors, operator):
    tensor_vector, operators = _offsets(builder, tensors), _offsets(builder, [operator])
    inputs, outputs = _integers(builder, [0]), _integers(builder, [3])
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensor_vector)
    tflite.SubGraphAddInputs(builder, inputs)
    tflite.SubGraphAddOutputs(builder, outputs)
    tflite.SubGraphAddOperators(builder, operators)
    return tflite.SubGraphEnd(builder)
