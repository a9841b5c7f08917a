# Everything starts from a bare clone with Python ≥ 3.11 and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
UV     := $(BIN)/uv

.PHONY: help demo test spark check bench screens scale large soak fuzz lock clean
.DEFAULT_GOAL := help
# How long `make soak` keeps a server under load.
MINUTES ?= 30

help:  ## Show what there is to make
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Munshi needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --quiet --disable-pip-version-check install uv

$(STAMP): requirements.lock pyproject.toml | $(UV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

demo: $(STAMP)  ## Install, make the sandbox, train, and serve http://127.0.0.1:7860
	$(BIN)/munshi demo

test: $(STAMP)  ## Run every test, the browser's included where Chromium is installed
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2

spark: $(STAMP)  ## Hold DuckDB and Spark to the same books and features (needs Java; minutes)
	$(UV) pip install --quiet --python $(BIN)/python "pyspark>=4.3,<5"
	$(BIN)/python -m pytest -m spark tests/analytics/test_two_engines.py

check: $(STAMP)  ## Format, lint, types, imports, weaknesses, secrets, licences, advisories
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml analytics api assistant governance knowledge tools ui
	$(BIN)/python -m benchmarks.security.secrets
	$(BIN)/python -m benchmarks.security.licences
	$(BIN)/python -m benchmarks.security.advisories

bench: $(STAMP)  ## Measure beside references, in one run
	$(BIN)/python -m benchmarks

screens: $(STAMP)  ## Draw every page anew, light, dark and on a phone, in docs/screens (needs Chromium)
	$(BIN)/python -m benchmarks.screens

scale: $(STAMP)  ## Measure an intake from one to fifty million postings (an hour, 40 GB of disk)
	$(BIN)/python -m benchmarks scale

large: $(STAMP)  ## Measure pages and answers of ten million postings of 100,000 customers (half an hour to make once, 8 GB of disk)
	$(BIN)/python -m benchmarks pages_large asking_large

soak: $(STAMP)  ## What takes long: fifty kills, books made incrementally, MINUTES=30 of mixed load without growth
	MUNSHI_KILLS=50 $(BIN)/python -m pytest -m soak --numprocesses 2
	$(BIN)/python -m benchmarks.soak $(MINUTES)

fuzz: $(STAMP)  ## Ask every operation over HTTP with many generated requests, held to the description (minutes)
	MUNSHI_FUZZ_EXAMPLES=100 $(BIN)/python -m pytest tests/api/test_contract.py

lock: | $(UV)  ## Pin every dependency with hashes
	$(UV) pip compile --quiet --no-header --no-emit-index-url --generate-hashes --universal --python-version 3.11 \
	  --extra dev --output-file requirements.lock pyproject.toml

clean:  ## Remove the environment and caches; workspaces stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
