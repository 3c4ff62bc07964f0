# driftkeeper: `make demo` shows it at work, `make test` tests it.
# Both need only make and a Python >= 3.11 with its venv module.

PY ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
V := .venv
BIN := $(V)/bin
PYTEST := PYTHONHASHSEED=random $(BIN)/python -m pytest
PIN := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --upgrade --universal \
	--generate-hashes --no-strip-extras --python-version 3.11

# Only the Python that make was given may be used; uv must not fetch another one.
export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast cov fmt lint types bench golden record-fixtures docs docs-check check lock clean dist

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile

# ---- environment ----------------------------------------------------------------------------
# uv lives inside the environment. Where it cannot run, or cannot reach a mirror that only pip
# knows of, pip installs the same pinned files, only slower.

define put
	@{ [ -x $(BIN)/uv ] && $(BIN)/uv pip install -q -p $(BIN)/python --compile-bytecode $(1); } \
	|| { echo "uv did not do it: using pip"; $(BIN)/python -m pip install -q --disable-pip-version-check $(1); }
endef

say_python = "driftkeeper needs Python 3.11 or later, and found none$(PY:%= in %). Install one, or name it: make PY=/path/to/python3"
say_venv = "$(PY) has no venv module. Install it (on Debian and Ubuntu: apt install python3-venv) and run make again."
NEW := sys.exit(sys.version_info < (3, 11))

# An environment that is there is kept, unless it was left half built, or its Python has gone.
$(V)/.uv-stamp: requirements/uv.txt
	@$(BIN)/python -c 'import pip, sys; $(NEW)' 2>/dev/null || { \
	"$(PY)" -c 'import sys; $(NEW)' 2>/dev/null || { echo $(say_python) >&2; exit 1; }; \
	"$(PY)" -c 'import ensurepip, venv' 2>/dev/null || { echo $(say_venv) >&2; exit 1; }; \
	echo "Building $(V) with $(PY)"; \
	"$(PY)" -m venv --clear $(V); }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $< \
	|| echo "uv cannot be installed here: pip does its work"
	@touch $@

$(V)/.run-stamp: $(V)/.uv-stamp requirements/build.txt requirements/run.txt pyproject.toml
	@echo "Installing what driftkeeper runs on"
	$(call put,--require-hashes -r requirements/build.txt -r requirements/run.txt)
	$(call put,--no-deps --no-build-isolation -e .)
	@touch $@

$(V)/.dev-stamp: $(V)/.run-stamp requirements/dev.txt
	@echo "Installing what its tests need"
	$(call put,--require-hashes -r requirements/dev.txt)
	@touch $@

install: $(V)/.dev-stamp ## Build .venv with everything needed to work on driftkeeper

# ---- the two commands to begin with ---------------------------------------------------------

demo: $(V)/.run-stamp ## See driftkeeper at work on recorded answers, without an AWS account
	@$(BIN)/driftkeeper demo

test: $(V)/.dev-stamp ## Run every test, on SQLite and on PostgreSQL
	$(PYTEST)

# ---- working on it --------------------------------------------------------------------------

test-fast: $(V)/.dev-stamp ## Run the tests that are neither slow nor need PostgreSQL
	$(PYTEST) -m "not slow and not postgres"

cov: $(V)/.dev-stamp ## Run every test and show which lines none of them reaches
	$(PYTEST) --cov --cov-report=term-missing

fmt: $(V)/.dev-stamp ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix-only -q
	$(BIN)/ruff format

# The bracket in each word keeps this file from finding itself.
lint: $(V)/.dev-stamp ## Check style, layers, and that no file names a package index
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	@git grep --untracked -nIE 'index[-_]url|find[-_]links|[f]ile://|pypi[.]org|pythonhosted[.]org'; \
	[ $$? -eq 1 ] || { echo "A file names a package index or a path of one machine, see above." >&2; exit 1; }

types: $(V)/.dev-stamp ## Check the types
	$(BIN)/mypy

bench: $(V)/.dev-stamp ## Measure speed and size against a baseline in the same run
	$(BIN)/python -m tests.bench

golden: $(V)/.dev-stamp ## Rewrite the expected files in tests/golden; read the difference before committing
	$(PYTEST) --rewrite tests/golden

record-fixtures: $(V)/.dev-stamp ## Rewrite the recorded quarter of the demo from its plot
	$(BIN)/python -B fixtures/write_quarter.py

docs: $(V)/.dev-stamp ## Rewrite the generated parts of the documentation
	$(PYTEST) --rewrite tests/docs

docs-check: $(V)/.dev-stamp ## Check that the documentation says what the program does
	$(PYTEST) tests/docs

check: lint types test docs-check ## All that must hold before a commit

lock: $(V)/.uv-stamp ## Pin the newest allowed versions in requirements/
	$(PIN) --group uv -o requirements/uv.txt
	$(PIN) --group build -o requirements/build.txt
	$(PIN) pyproject.toml -o requirements/run.txt
	$(PIN) pyproject.toml --all-extras --group dev -c requirements/run.txt -o requirements/dev.txt

dist: $(V)/.dev-stamp ## Build the wheel and the source archive into dist/
	rm -rf dist
	$(BIN)/python -m hatchling build

clean: ## Remove the environment, caches and built files
	rm -rf $(V) dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
