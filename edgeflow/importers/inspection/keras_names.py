"""The classes and functions of Keras that a saved network may name; tests hold them against Keras itself.

What is not here is either refused with the reason below or unknown, hence somebody's own code.
"""

from __future__ import annotations

LAYERS = """
Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention
AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D
BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate
ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D
Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix Dense
DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten
GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D
GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization
GroupQueryAttention HashedCrossing Hashing Identity InputLayer InputSpec LSTM LSTMCell LayerNormalization
LeakyReLU Masking MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D
Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline
RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue
RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness
RandomShear RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding
STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN
SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization
StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D
ZeroPadding1D ZeroPadding2D ZeroPadding3D
"""
MODELS = "Functional Model Sequential"
INITIALIZERS = """
Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform
Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal
VarianceScaling Zeros constant glorot_normal glorot_uniform he_normal he_uniform identity lecun_normal
lecun_uniform ones orthogonal random_normal random_uniform stft truncated_normal variance_scaling zeros
"""
REGULARIZERS = "L1 L1L2 L2 OrthogonalRegularizer l1 l1_l2 l2 orthogonal_regularizer"
CONSTRAINTS = "MaxNorm MinMaxNorm NonNeg UnitNorm max_norm min_max_norm non_neg unit_norm"
POLICIES = """
AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy Policy
QuantizedDTypePolicy QuantizedFloat8DTypePolicy
"""
OTHERS = "SeedGenerator TensorShape"
CLASSES = frozenset(
    " ".join((LAYERS, MODELS, INITIALIZERS, REGULARIZERS, CONSTRAINTS, POLICIES, OTHERS)).split()
)

# Operations on values (`x * 2`, `keras.ops.relu(x)`) are classes of these modules; of `core`, which also
# runs functions, only some.
OPERATION_MODULES = frozenset(
    f"keras.src.ops.{name}" for name in ("numpy", "nn", "math", "image", "linalg", "einops")
)
CORE_MODULE = "keras.src.ops.core"
CORE_OPERATIONS = frozenset(
    "Cast ConvertToTensor SaturateCast Scatter ScatterUpdate Slice SliceUpdate StopGradient Unstack".split()
)

# Values that a configuration writes as an object.
MARKS = frozenset(
    "__keras_tensor__ __tensor__ __numpy__ __tuple__ __ellipsis__ __slice__ __complex__ __integer__".split()
)

FUNCTIONS = frozenset(
    """
celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
""".split()
)

REFUSED = {
    "Lambda": "holds Python code",
    "__lambda__": "holds Python code",
    "__bytes__": "holds raw bytes, as Python code is stored",
    "__typespec__": "names a Python type",
    "JaxLayer": "runs Python code",
    "FlaxLayer": "runs Python code",
    "TorchModuleWrapper": "holds a pickle, which is Python code",
    "TFSMLayer": "loads another model from a path",
    "StringLookup": "reads a vocabulary, maybe from a file",
    "IntegerLookup": "reads a vocabulary, maybe from a file",
    "TextVectorization": "reads a vocabulary, maybe from a file",
    "TFOpLambda": "calls a Python function by its name",
    "SlicingOpLambda": "calls a Python function by its name",
}
