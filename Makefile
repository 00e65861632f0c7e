.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9

.PHONY: help system setup demo test lint migrations docs check bench cheats clean

help: ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

system: ## install what must come from the system (bubblewrap, valgrind, python3-venv) where it is missing; needs root
	@PYTHON=$(PYTHON) sh scripts/system.sh

# The stamp is newer than the lock file when .venv holds what the lock file says.
$(VENV)/.stamp: uv.lock pyproject.toml | system
	$(PYTHON) -m venv --upgrade-deps --clear $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv sync --quiet --frozen --all-extras --inexact
	@touch $@

setup: $(VENV)/.stamp ## make .venv from the lock file, with everything installed

demo: setup ## optimise a real library with rules and the local model, and show the report
	@$(BIN)/python scripts/demo.py

test: setup ## run the tests, with a Docker engine where there is one or root can start one
	@sh scripts/browser.sh
	sh scripts/engine.sh $(BIN)/pytest -q -n 2 --dist worksteal --durations=40 --durations-min=5

lint: setup ## ruff, formatting, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

migrations: setup ## upgrade empty databases and compare them with the models
	$(BIN)/python scripts/check_migrations.py

docs: setup ## build the documentation into site/
	$(BIN)/mkdocs build --quiet --strict

check: lint migrations docs test ## everything that CI checks

bench: setup ## measure the overhead of an evaluation
	$(BIN)/python benchmarks/overhead.py

cheats: setup ## try every cheat and every honest patch of the corpus, on each sandbox there is
	@sh scripts/engine.sh $(BIN)/python benchmarks/cheats.py

clean: ## remove what make made
	rm -rf $(VENV) site .mypy_cache .ruff_cache .pytest_cache .hypothesis
