"""What a model file is refused for before any framework opens it; docs/safety.md says why."""

from edgeflow.importers.inspection.entry import inspect

__all__ = ["inspect"]
