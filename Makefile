# make demo            shortlists of the sample registers, in demo/
# make test            all tests (installs torch and other test packages)
# make notebooks       takes out of notebooks/ what running them left behind
# make lint types contract wheel bench-fast clean
#
# PYTHON=python3.12 make demo   chooses another Python; by default python3 if it is 3.11 or later, else the newest that is.

export PYTHON
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo
TORCH := torch==2.13.0

.DEFAULT_GOAL := demo
.PHONY: demo test notebooks lint types contract wheel bench-fast clean

demo: $(VENV)/core.stamp
	@$(BIN)/matchmaker demo --out $(OUT)

test: $(VENV)/test.stamp
	$(BIN)/pytest $(ARGS)

notebooks: $(VENV)/test.stamp
	$(BIN)/python notebooks/tidy.py
	$(BIN)/ruff format notebooks

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test.stamp
	$(BIN)/mypy

contract: $(VENV)/test.stamp
	$(BIN)/lint-imports

wheel: $(VENV)/core.stamp
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls -l dist

bench-fast: $(VENV)/test.stamp
	$(BIN)/python benchmarks/quality.py --profile fast
	$(BIN)/python benchmarks/speed.py --profile fast

# What takes long to make (build/encoder) stays.
clean:
	rm -rf $(VENV) dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The package is installed as a link to this folder, so only a change of its dependencies asks for a new installation.
$(VENV)/core.stamp: pyproject.toml | $(BIN)/python
	@echo "Installing matchmaker and what it needs into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# torch first and by itself: pinned, it is not drawn in again, larger, by what depends on it.
$(VENV)/test.stamp: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@ $(VENV)/core.stamp

$(BIN)/python:
	@for python in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
		[ -n "$$python" ] && command -v "$$python" >/dev/null 2>&1 || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
		found="$$python"; \
		"$$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || continue; \
		echo "Making $(VENV) with $$("$$python" --version) ..."; \
		rm -rf $(VENV); \
		"$$python" -m venv $(VENV) && exit 0; \
		rm -rf $(VENV); \
	done; \
	if [ -n "$$found" ]; then \
		echo "$$found cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; \
	else \
		echo "No Python from 3.11 on was found. Install one, or name it: make demo PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1
