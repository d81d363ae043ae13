"""Target descriptors: boards and cores."""
