# Each target sets itself up: a machine with Python 3.11 and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
MPLBACKEND := agg
export MPLBACKEND

.DEFAULT_GOAL := help
.PHONY: help report test lint rerun docs bench clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

report: $(READY) ## Write report.html, the page that a clinician opens
	$(BIN)/ketevidence report report.html

test: $(READY) lint ## Prove tables, library, notebooks and page (what CI runs)
	$(BIN)/ketevidence check evidence
	$(BIN)/python -m pytest -q
	$(BIN)/python -m pytest -q --nbval notebooks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/numpydoc lint $$(git ls-files 'ketevidence/*.py')
	$(BIN)/mypy

docs: $(READY) ## Rewrite the generated parts: evidence/README.md and the blocks of README.md
	$(BIN)/python tests/generated.py

rerun: $(READY) ## Run the notebooks and store their outputs
	TQDM_DISABLE=1 $(BIN)/python -m jupyter nbconvert --log-level ERROR --ExecutePreprocessor.record_timing=False --to notebook --inplace --execute notebooks/*.ipynb

bench: $(READY) ## Measure speed, as ratios in one run
	$(BIN)/python benchmarks/run.py

clean: ## Remove what was made
	rm -rf $(VENV) report.html .mypy_cache .ruff_cache .pytest_cache
