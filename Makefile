# Pulso. `make demo` shows it, `make test` tests it, `make check` is the one gate, `make proof` takes long.
PYTHON ?= python3
BIN := .venv/bin
PULSO_HOME ?= var
SYNTHETIC = $(PULSO_HOME)/demo/simulated
DAY ?= 2025-06-14
PORT ?= 8000
SERVE ?= 1
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export OPENBLAS_NUM_THREADS := 1  # many small matrices: more threads only wait for each other

.PHONY: help demo test test-postgres check lint types walls docs proof bench lock clean

help:  ## what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# -- set-up: one virtual environment, hashed locks -------------------------------------------------------------------------------
$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Pulso needs Python 3.11 or newer; {sys.executable} is {v.major}.{v.minor}. Say which one to use: make PYTHON=/path/to/python3.11 …")'
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Setting up Pulso in .venv (a minute or two, once) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Adding what the tests need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# -- what a person does ----------------------------------------------------------------------------------------------------------
demo: .venv/run.stamp  ## a synthetic Porto walks the loop, is collected and published, shows one day, then the site (SERVE=0: don't)
	@[ -d "$(PULSO_HOME)/demo/lake" ] || PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso walk demo
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso simulate demo
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso collect demo
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso publish demo
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso upgrade
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso fibre load demo $(SYNTHETIC)/fibra.gpkg --why "rede sintética"
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/python -m pulso.web wifi_load demo --places $(SYNTHETIC)/wifi-places.csv --points $(SYNTHETIC)/wifi-points.csv
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/python -m pulso.web wifi_set demo --interval 3600
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/python -m pulso.web wifi_report demo $(SYNTHETIC)/wifi-reports-2.csv $(SYNTHETIC)/wifi-reports-1.csv $(SYNTHETIC)/wifi-reports-0.csv
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso show demo --day $(DAY)
	@PULSO_HOME=$(PULSO_HOME) $(BIN)/pulso bulletin demo --day $(DAY) --lang pt
	@if [ "$(SERVE)" = 1 ]; then PULSO_HOME=$(PULSO_HOME) exec $(BIN)/pulso serve --port $(PORT); fi

test: .venv/dev.stamp  ## set up and run the tests
	@$(BIN)/pytest -n 2 --dist loadfile

test-postgres: .venv/dev.stamp  ## the site's tests on PostgreSQL: PULSO_TEST_DATABASE=postgres://user:password@host/name make test-postgres
	@[ -n "$${PULSO_TEST_DATABASE:-}" ] || { echo "PULSO_TEST_DATABASE is not set: postgres://user:password@host:port/name; its user may make databases."; exit 2; }
	@PULSO_DATABASE="$$PULSO_TEST_DATABASE" $(BIN)/pytest tests/web -n 2 --dist loadfile

# -- the gate --------------------------------------------------------------------------------------------------------------------
check: lint types walls docs test  ## the one gate: lint, types, walls, docs, tests

lint: .venv/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: .venv/dev.stamp
	@$(BIN)/mypy

walls: .venv/dev.stamp
	@$(BIN)/lint-imports

docs: .venv/dev.stamp
	@$(BIN)/pytest tests/docs

proof: .venv/dev.stamp  ## what takes long: many seeds, 100 M rows, kill tests, benches; figures go to docs/reference/figures.md
	@$(BIN)/pytest -m proof
	@$(MAKE) bench

bench: .venv/dev.stamp .venv/bench.stamp  ## each figure beside its reference, measured in the same run
	@$(BIN)/python -m tests.bench

.venv/bench.stamp: requirements/bench.txt | .venv/run.stamp
	@$(PYTHON) -m venv .venv/bench
	@.venv/bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

lock: .venv/dev.stamp  ## renew the hashed locks (no index addresses in them)
	@cd requirements && ../$(BIN)/python -m piptools compile $(LOCK) --extra web -o run.txt ../pyproject.toml
	@cd requirements && ../$(BIN)/python -m piptools compile $(LOCK) --extra web --extra dev -c run.txt -o dev.txt ../pyproject.toml
	@cd requirements && ../$(BIN)/python -m piptools compile $(LOCK) -o bench.txt bench.in

LOCK := --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate --allow-unsafe --upgrade

clean:  ## remove the environment, the caches and the demo's data
	@rm -rf .venv build src/*.egg-info .mypy_cache .ruff_cache $(PULSO_HOME)
