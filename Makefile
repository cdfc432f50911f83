# make run    set everything up and start it with a simulated radio network
# make test   every check: lint, types, contracts, Python, console, browser
# The first time takes a minute or two; after that only what has changed is done again.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
BIN := .venv/bin
STEP := tools/step.sh
PIP := $(BIN)/pip install --disable-pip-version-check --require-hashes
NODE := tools/node.sh
WEB_SOURCES := $(shell find web/src web/public web/data -type f 2>/dev/null) \
	$(wildcard web/index.html web/*.config.ts web/*.config.js web/tsconfig.json web/package.json)
DEMO ?=
ONLY ?=

.PHONY: help run setup test bench soak lint fmt lock clean setup-test web python-tests web-tests browser-tests

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

run: setup ## set everything up and start the demo; DEMO="--units 40 --port 9000" passes options on
	@exec $(BIN)/dispatch demo $(DEMO)

setup: .venv/run.stamp web/dist/index.html ## only set up: environment, packages, console

setup-test: .venv/test.stamp web/dist/index.html
	@mkdir -p var
	@tools/system_packages.sh > var/system-packages.log 2>&1 \
		|| { tail -n 20 var/system-packages.log; exit 1; }
	@grep -h '^Missing\|skipped' var/system-packages.log || true

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@$(STEP) var/setup.log "virtual environment" $(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock pyproject.toml tools/link_checkout.py | .venv/bin/python
	@$(STEP) var/setup.log "Python packages" $(PIP) -r requirements.lock
	@$(BIN)/python tools/link_checkout.py
	@touch $@

.venv/test.stamp: requirements-dev.lock .venv/run.stamp
	@$(STEP) var/setup.log "Python packages for tests" $(PIP) -r requirements-dev.lock
	@touch $@

web/node_modules/install.stamp: web/package-lock.json $(wildcard requirements-node.lock)
	@$(STEP) var/setup.log "console packages" $(NODE) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/install.stamp $(WEB_SOURCES)
	@$(STEP) var/setup.log "console build" $(NODE) npm run build
	@touch $@

test: setup-test ## run every check
	@: > var/test.log
	@$(STEP) var/test.log "lint" $(BIN)/ruff check .
	@$(STEP) var/test.log "format" $(BIN)/ruff format --check .
	@$(STEP) var/test.log "types" $(BIN)/mypy
	@$(STEP) var/test.log "import contracts" $(BIN)/lint-imports
	@$(STEP) var/test.log "documentation" $(BIN)/python tools/reference.py --check
	@$(MAKE) python-tests web-tests browser-tests
	@echo "All checks passed."

python-tests: setup-test
	@$(STEP) var/test.log "Python tests" \
		$(BIN)/pytest -q -n 2 --dist loadfile -m "not slow and not bench and not soak and not browser"

web-tests: web/dist/index.html
	@$(STEP) var/test.log "console types and lint" $(NODE) npm run check
	@$(STEP) var/test.log "console tests" $(NODE) npm test

browser-tests: setup-test
	@$(STEP) var/test.log "browser tests" $(BIN)/pytest -q -p no:xdist -m browser

bench: setup-test ## measure, ONLY=ingest for one of tests/bench; figures in var/bench
	@STEP_SHOW=1 $(STEP) var/bench.log "measurements" \
		$(BIN)/pytest -q -p no:xdist -m bench $(if $(ONLY),tests/bench/test_$(ONLY).py,tests/bench)
	@$(BIN)/python tools/bench_table.py
	@$(BIN)/python tools/sizing_table.py || echo "docs/deployment.md keeps its sizing table."

soak: setup-test ## hurt the whole system for long; ONLY=name runs one scenario; writes docs/soak.md
	@mkdir -p var/soak
	@code=0; $(BIN)/python -m tests.soak $(ONLY) || code=$$?; \
		compgen -G 'var/soak/*.json' > /dev/null && $(BIN)/python tools/soak_table.py; exit $$code

lint: .venv/test.stamp web/node_modules/install.stamp ## lint, types and contracts alone
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(NODE) npm run check

fmt: .venv/test.stamp ## format the code and repair what can be repaired
	@$(BIN)/ruff check --fix-only --quiet . || true
	@$(BIN)/ruff format .

lock: .venv/bin/python ## resolve the dependencies anew and write the lock files
	@command -v uv > /dev/null || { echo "uv is needed: pip install uv"; exit 1; }
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --quiet \
		pyproject.toml -o requirements.lock
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --quiet \
		pyproject.toml --group dev -o requirements-dev.lock
	@cd web && ../tools/node.sh npm install --package-lock-only --no-audit --no-fund

clean: ## remove everything that was set up or built; data in var/ stays
	@rm -rf .venv .cache web/node_modules web/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
