# make demo | test | lint | bench | clean; the first one makes .venv, later ones reuse it.

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed

# INTERPRETER=/path/to/python chooses the Python of .venv; else the first of these that is 3.11 to
# 3.13 (what the opensim wheel supports) and can make one. A name on PATH may still not run (pyenv).
INTERPRETER ?=
CANDIDATES := $(INTERPRETER) python3.13 python3.12 python3.11 python3
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.PHONY: help demo test test-compiled test-second test-checked test-pages chromium lint bench bundle clean

help:
	@echo "make demo   forward against retro walking on the bundled motions, and where the results are"
	@echo "make test   all tests: compiled, with the solver, without the compiler, and with bounds checks"
	@echo "make lint   style, types and import contracts"
	@echo "make bundle predict the sixty walks of motions/predicted again; half an hour"
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

# Two streams for two cores, of about the same length. One: compiled code, and after it the solver, which cannot
# share a process with opensim. Two: tests of kernels interpreted and then with bounds checks, and after them those
# of pages and of a laboratory's files; its output waits in a file so that the two do not mix.
test: $(STAMP) chromium
	@$(MAKE) --no-print-directory -j2 test-compiled test-second

# What stream two takes from stream one; `pytest` alone runs both.
SECOND := tests/explorer tests/figures tests/lab tests/page tests/statistics

test-compiled: $(STAMP)
	$(PYTHON) -m pytest $(SECOND:%=--ignore=%)
	$(PYTHON) -m pytest -m solver tests/predict

# What kernels are tested by: the rest of the suite calls the same ones, and interpreted it takes half an hour.
CHECKED := -q -p no:cacheprovider -m "not shared and not solver" \
	tests/kernels tests/gait tests/osim tests/test_laws.py tests/test_compliant.py tests/test_pipeline.py \
	tests/test_reversal.py tests/test_normalise.py

test-checked: $(STAMP)
	@echo "kernels without the compiler:"; \
	NUMBA_DISABLE_JIT=1 $(PYTHON) -m pytest $(CHECKED) && \
	echo "kernels with bounds checks:" && \
	NUMBA_BOUNDSCHECK=1 $(PYTHON) -m pytest $(CHECKED)

test-pages: $(STAMP)
	@echo "pages, figures, statistics and files of a laboratory, compiled:"; \
	$(PYTHON) -m pytest -q -p no:cacheprovider $(SECOND)

test-second: $(STAMP)
	@log=$(VENV)/test-second.log; \
	$(MAKE) --no-print-directory -j1 test-checked test-pages >$$log 2>&1; status=$$?; cat $$log; exit $$status

# A browser for the tests of pages, where a package manager can give one without asking anybody; elsewhere
# those tests are skipped and say why.
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable
chromium:
	@for name in $(BROWSERS); do command -v $$name >/dev/null 2>&1 && exit 0; done; \
	command -v apt-get >/dev/null 2>&1 || exit 0; \
	if [ "$$(id -u)" = 0 ]; then as_root=; elif sudo -n true >/dev/null 2>&1; then as_root='sudo -n'; else exit 0; fi; \
	echo "installing Chromium for the tests of pages"; \
	get="$$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq"; \
	{ $$get install -y --no-install-recommends chromium || \
	  { $$get update && $$get install -y --no-install-recommends chromium; }; } >/dev/null 2>&1 || \
	echo "Chromium could not be installed; tests of pages are skipped"

lint: $(STAMP)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports --no-logo

bench: $(STAMP)
	$(PYTHON) -m tests.benchmarks

bundle: $(STAMP)
	$(PYTHON) -m retrogait.predict.bundle
	$(PYTHON) -c 'from retrogait.naturalness import write_naturalness; from retrogait.predict.library import library_folder; write_naturalness(library_folder())'

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	    .import_linter_cache .benchmarks
	find sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
