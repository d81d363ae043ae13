"""Train a model of the explicit table in edgeflow.train.models."""
