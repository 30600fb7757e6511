# make demo | test | lint | bench | clean; the first one makes .venv, later ones reuse it.

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
KERNEL_TESTS := tests/kernels

# INTERPRETER=/path/to/python chooses the Python of .venv; else the first of these that is 3.11 to
# 3.13 (what the opensim wheel supports) and can make one. A name on PATH may still not run (pyenv).
INTERPRETER ?=
CANDIDATES := $(INTERPRETER) python3.13 python3.12 python3.11 python3
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help demo test lint bench clean

help:
	@echo "make demo   run the bundled example and show where its results are"
	@echo "make test   all tests; those of the kernels also without the compiler and with bounds checks"
	@echo "make lint   style, types and import contracts"
	@echo "make bench  speed and answers beside OpenSim's, in one run of a few minutes"
	@echo "make clean  remove .venv, caches and build products; results stay"

$(STAMP): pyproject.toml
	@$(PYTHON) -c '$(FITS)' 2>/dev/null && exit 0; \
	found=; \
	for python in $(CANDIDATES); do \
	    if "$$python" -c '$(FITS)' >/dev/null 2>&1; then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "make: no Python 3.11 to 3.13 on PATH" >&2; exit 2; fi; \
	echo "making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV)
	$(PYTHON) -m pip install -q -e '.[dev]'
	@touch $@

demo: $(STAMP)
	@$(PYTHON) -m retrogait demo

test: $(STAMP)
	$(PYTHON) -m pytest
	NUMBA_DISABLE_JIT=1 $(PYTHON) -m pytest -q $(KERNEL_TESTS)
	NUMBA_BOUNDSCHECK=1 $(PYTHON) -m pytest -q $(KERNEL_TESTS)

lint: $(STAMP)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports --no-logo

bench: $(STAMP)
	$(PYTHON) -m tests.benchmarks

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	    .import_linter_cache .benchmarks
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
