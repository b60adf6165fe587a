# Every target sets up what it needs in .venv; the second time only what changed is done again.

VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find src -name '*.pyx' -o -name '*.pxd' -o -name '*.h') \
           $(wildcard src/sema/vm/opcodes.py)
# cython-lint looks for pycodestyle on the path.
export PATH := $(CURDIR)/$(BIN):$(PATH)
PYTHON_CODE := src tests benchmarks setup.py

.DEFAULT_GOAL := help
.PHONY: help run test bench lint format clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

$(VENV)/.installed: pyproject.toml scripts/find-python
	@python=$$(scripts/find-python) && $$python -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		'setuptools>=77' wheel 'Cython>=3.1,<4'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-build-isolation --editable '.[dev]'
	@touch $@

$(VENV)/.built: $(VENV)/.installed setup.py $(SOURCES)
	@$(BIN)/python setup.py --quiet build_ext --inplace
	@touch $@

run: $(VENV)/.built ## Build, then show tak under the four call-site caches
	@$(BIN)/python -m sema.tools.showcase

test: $(VENV)/.built ## Run all tests
	@$(BIN)/python -m pytest

bench: $(VENV)/.built ## Measure everything, write benchmarks/results/ and the README's table
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.update_readme

lint: $(VENV)/.built ## Check style and types
	@$(BIN)/ruff check $(PYTHON_CODE)
	@$(BIN)/ruff format --check $(PYTHON_CODE)
	@$(BIN)/mypy
	@$(BIN)/cython-lint src

format: $(VENV)/.installed ## Format the Python code
	@$(BIN)/ruff check --fix $(PYTHON_CODE)
	@$(BIN)/ruff format $(PYTHON_CODE)

clean: ## Remove everything that was built
	@rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find src \( -name '*.so' -o -name '*.c' -o -name '*.html' \) -delete
	@find . -name __pycache__ -prune -exec rm -rf {} +
