# Each target sets itself up: a machine with Python 3.11 and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := $(VENV)/ready
NOTEBOOKS := notebooks/*.ipynb
MPLBACKEND := agg
export MPLBACKEND

.DEFAULT_GOAL := help
.PHONY: help report test lint wheel rerun diff generated docs bench clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

report: $(READY) ## Write report.html, the page that a clinician opens
	$(BIN)/ketevidence report report.html

test: $(READY) lint ## Prove tables, library, notebooks and page (what CI runs)
	@sh .ci/programs
	$(BIN)/ketevidence check evidence
	$(BIN)/python -m pytest -q
	$(BIN)/python -m pytest -q --nbval --nbval-current-env --notebook-guards notebooks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/numpydoc lint $$(git ls-files 'ketevidence/*.py')
	$(BIN)/mypy

generated: $(READY) ## Rewrite what is made from the tables: evidence/README.md, blocks of README.md
	$(BIN)/python tests/generated.py

docs: $(READY) ## Build the site of the documents: docs/_build/html/index.html
	rm -rf docs/_build docs/api/generated
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --builder html --conf-dir docs . docs/_build/html

rerun: $(READY) ## Run the notebooks and store their outputs
	TQDM_DISABLE=1 $(BIN)/python -m jupyter nbconvert --log-level ERROR --ExecutePreprocessor.record_timing=False --to notebook --inplace --execute $(NOTEBOOKS)

diff: $(READY) ## Show what changed in the notebooks since the last commit
	$(BIN)/nbdiff --ignore-metadata --ignore-details HEAD notebooks

wheel: $(READY) ## Prove the notebooks with the package as somebody else installs it
	$(BIN)/python -m pytest -q tests/elsewhere.py

bench: $(READY) ## Measure speed, as ratios in one run
	$(BIN)/python benchmarks/run.py

clean: ## Remove what was made
	rm -rf $(VENV) report.html docs/_build docs/api/generated .mypy_cache .ruff_cache .pytest_cache
