"""What a model file is refused for before any framework opens it; docs/safety.md says why."""

from edgeflow.importers.inspection.entry import inspect
from edgeflow.importers.inspection.opened import opened

__all__ = ["inspect", "opened"]
