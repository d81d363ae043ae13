"""Why a build does not fit: changes that would help, each really planned, built and measured."""
