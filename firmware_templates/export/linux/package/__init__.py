"""An int8 model with its preprocessing: ``Classifier().classify(open("picture.jpg", "rb").read())``."""

from .classifier import Classifier, Result

__all__ = ["Classifier", "Result"]
