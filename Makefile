# Every target that needs Python uses .venv, built from requirements.lock when it is missing or older.
# Nothing outside this folder is written: caches and settings of the tools live in .venv/var.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VAR := $(CURDIR)/$(VENV)/var
READY := $(VENV)/.ready
PROVINCE ?= Thái Nguyên

export MPLCONFIGDIR := $(VAR)/matplotlib
export IPYTHONDIR := $(VAR)/ipython
export JUPYTER_CONFIG_DIR := $(VAR)/jupyter/config
export JUPYTER_DATA_DIR := $(VAR)/jupyter/data
export JUPYTER_RUNTIME_DIR := $(VAR)/jupyter/runtime
export JUPYTERLAB_SETTINGS_DIR := $(VAR)/jupyter/lab-settings
export JUPYTERLAB_WORKSPACES_DIR := $(VAR)/jupyter/lab-workspaces
export UV_CACHE_DIR := $(VAR)/uv
# Compiled bytecode saves seconds at every kernel start; an inherited setting must not forbid it.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help brief test test-fast lab bench check executed release lock audit clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"Python 3.11 or later is needed; {sys.executable} is {sys.version.split()[0]}. Name another one: make PYTHON=/path/to/python3.12")'
	@echo "Building $(VENV) from requirements.lock: a minute or a few, the first time only; 400 MB are fetched ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p "$(VAR)"
	@awk '/^[a-z0-9]/{keep=/^uv==/} keep' requirements.lock > "$(VAR)/uv.lock"
	@$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r "$(VAR)/uv.lock"
	@echo "Fetching and compiling $$(grep -c '^[a-z0-9].*==' requirements.lock) packages: the longest part ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements.lock
	@echo "Installing this project itself ..."
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@rm -rf "$(VAR)/uv"
	@touch $(READY)

brief: $(READY)  ## the brief on Thái Nguyên, HTML and PDF (another one: make brief PROVINCE="Yên Bái")
	@$(BIN)/dvctt brief "$(PROVINCE)"

test: $(READY)  ## the whole test suite, on all cores
	@$(BIN)/python -m pytest -n auto --dist worksteal

test-fast: $(READY)  ## the tests that take no seconds: no notebook, browser, simulation or whole project (a minute)
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not notebook and not browser"

check: $(READY)  ## lint, types, notebooks without outputs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_house.py

executed: $(READY)  ## run the notebooks for the example and write their pages in docs/executed anew
	@$(BIN)/python -m tests.executed_pages

lab: $(READY)  ## JupyterLab on the project, the notebook with widgets first
	@$(BIN)/dvctt explore

bench: $(READY)  ## benchmarks against peers, side by side; the peers are installed first, nothing locked moves
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench --constraint requirements.lock
	@$(BIN)/python -m benchmarks

release: $(READY)  ## all briefs, then source, wheel, results and checksums in reports/release
	@$(BIN)/python .ci/release.py --check
	@$(BIN)/dvctt brief --all
	@$(BIN)/dvctt site
	@$(BIN)/python .ci/release.py

lock: $(READY)  ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --quiet --upgrade \
		--custom-compile-command "make lock" --output-file requirements.lock

audit: $(READY)  ## known vulnerabilities of the locked packages, as PyPI knows them
	@$(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock

clean:  ## remove the environment and everything built
	@rm -rf $(VENV) reports data/processed/*.csv data/processed/*.json .mypy_cache .pytest_cache .ruff_cache .hypothesis
