# Every target sets up what it needs in .venv; the second time only what changed is done again.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
SOURCES := $(shell find src -name '*.pyx' -o -name '*.pxd' -o -name '*.h') \
           $(wildcard src/sema/vm/opcodes.py)
PYTHON_CODE := src tests benchmarks scripts scripts/reference-table setup.py

.DEFAULT_GOAL := help
.PHONY: help run test fuzz asan bench study docs site builtins lint format clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

# Installing builds everything; later changes of the sources need no more than a build in place.
$(VENV)/.built: pyproject.toml setup.py scripts/find-python $(SOURCES)
	@if [ -z "$(filter-out setup.py $(SOURCES),$?)" ]; then \
		$(BIN)/python setup.py --quiet build_ext --inplace; \
	else \
		python=$$(scripts/find-python) && $$python -m venv $(VENV) && \
		$(PIP) install 'setuptools>=77' wheel 'Cython>=3.1,<4' && \
		$(PIP) install --no-build-isolation --editable '.[dev]'; \
	fi
	@touch $@

run: $(VENV)/.built ## Build, then show tak under the four call-site caches
	@$(BIN)/python -m sema.tools.showcase

test: $(VENV)/.built ## Run all tests
	@$(BIN)/python -m pytest

# SECONDS how long, SEED which inputs, SANITIZE=address with the address sanitiser.
SECONDS := 60
SEED := 1
fuzz: $(VENV)/.built $(if $(SANITIZE),asan) ## Try programs and files at random (SECONDS, SEED, SANITIZE=address)
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED) \
		$(if $(SANITIZE),--sanitised $(SANITISED)/lib)

SANITISED := build/asan
asan: $(VENV)/.built ## Build with the address sanitiser, into a folder of its own
	@CFLAGS='-g -fno-omit-frame-pointer -fsanitize=address' LDFLAGS=-fsanitize=address \
		$(BIN)/python setup.py --quiet build --build-base $(SANITISED) --build-lib $(SANITISED)/lib

bench: $(VENV)/.built ## Measure everything, write benchmarks/results/ and the README's tables
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.crossing_speed
	@$(BIN)/python -m benchmarks.update_readme

study: $(VENV)/.built ## Measure the call caches and write docs/study.md
	@$(BIN)/python -m benchmarks.study

docs: $(VENV)/.built ## Write the pages of docs/reference/
	@$(BIN)/python -m scripts.reference_pages

site: $(VENV)/.built ## Build the documentation site into build/site
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

builtins: $(VENV)/.built ## Count the builtins against the language's index
	@$(BIN)/python -m scripts.builtins

lint: $(VENV)/.built ## Check style and types
	@$(BIN)/ruff check $(PYTHON_CODE)
	@$(BIN)/ruff format --check $(PYTHON_CODE)
	@$(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint src # which looks for pycodestyle on the path

format: $(VENV)/.built ## Format the code, examples included
	@$(BIN)/ruff check --fix $(PYTHON_CODE)
	@$(BIN)/ruff format $(PYTHON_CODE)
	@$(BIN)/sema fmt examples

clean: ## Remove everything that was built
	@rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find src \( -name '*.so' -o -name '*.c' -o -name '*.html' \) -delete
	@find . -name __pycache__ -prune -exec rm -rf {} +
