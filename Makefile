# Two commands on a fresh machine (Python 3.11 to 3.13, pip, make):
#   make demo   set up and run the main job
#   make test   set up and run all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: demo test check format wheel clean
.DELETE_ON_ERROR:

demo: $(VENV)/.installed
	$(BIN)/edgeflow build --target cortex-m

test: $(VENV)/.installed-dev
	$(BIN)/pytest -n 2 --dist worksteal

# Is the tree good? Format, lint, types, layers, unit tests, kernels with every warning an error.
check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n 2 --dist worksteal -m "not slow"

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

wheel: $(VENV)/.installed-dev
	$(BIN)/python -m build --wheel

clean:
	rm -rf build dist

$(VENV)/.created:
	$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "edgeflow needs Python 3.11 to 3.13; run: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml
	$(PIP) -e '.[all]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.created pyproject.toml
	$(PIP) -e '.[dev]'
	touch $@
