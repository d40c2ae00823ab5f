# Two commands matter: `make demo` shows the product, `make test` tries all of it.

PYTHON ?= python3
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check --quiet --quiet --no-input
NPM := npm --prefix frontend --no-audit --no-fund --no-update-notifier --loglevel=error
INTERFACE := frontend/dist/index.html
INTERFACE_SOURCES := $(wildcard frontend/*.json frontend/*.ts frontend/*.js frontend/index.html) \
	$(shell find frontend/src frontend/public frontend/tools ! -name '*.test.ts' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup dev interface demo check test bench model screenshots lock clean

help: ## This list.
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; \
		do printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: $(VENV)/.installed frontend/node_modules/.installed ## Install what running needs.

dev: $(VENV)/.installed-dev frontend/node_modules/.installed ## Install what developing needs too.

interface: $(INTERFACE) ## Build the interface when its sources have changed.

demo: setup interface ## Show the product with a demonstration authority (CARTABLE_PORT=8000).
	@$(VENV)/bin/cartable demo

check: $(VENV)/bin/python ## Format, types, linters and quick tests, in less than a minute.
	@$(VENV)/bin/python deploy/dev/test --quick

test: $(VENV)/bin/python ## Every test. ONLY=linters,interface,server,postgres,model,flows for some.
	@$(VENV)/bin/python deploy/dev/test --only="$(ONLY)"

bench: dev interface ## Measure, beside what it is compared to. ONLY="pull files" for some.
	@deploy/dev/browsers install chromium || echo "What needs a browser will not be measured."
	@$(VENV)/bin/python -m tests.bench $(ONLY)

model: dev ## Live RUNS=20000 random histories of both sync cores, from SEED=0; ARGS=--trace tells one.
	@$(VENV)/bin/python -m tests.model --runs "$(or $(RUNS),20000)" --seed "$(or $(SEED),0)" $(ARGS)

screenshots: dev interface ## Take the README's pictures again.
	@$(VENV)/bin/python -m tests.screenshots

lock: dev $(VENV)/bin/uv ## Make the lock files again from pyproject.toml (ARGS=--upgrade).
	@deploy/lock $(ARGS)

clean: ## Remove what was built and installed here; the data in var/ stays.
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf frontend/node_modules frontend/dist
	find src tests migrations deploy -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Cartable needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Install it, or name it: make demo PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "This Python cannot make a virtual environment: apt install python3-venv" >&2; exit 1; }

# The tools' lock holds the same versions as the other: installing it serves both.
$(VENV)/.installed: deploy/requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the Python packages"
	@$(PIP) install --require-hashes -r deploy/requirements.lock
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: deploy/requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the Python packages and tools"
	@$(PIP) install --require-hashes -r deploy/requirements-dev.lock
	@$(PIP) install --no-deps --editable .
	@touch $(VENV)/.installed $@

$(VENV)/bin/uv: deploy/requirements-uv.lock | $(VENV)/bin/python
	@$(PIP) install --require-hashes -r deploy/requirements-uv.lock
	@touch $@

# Not `npm ci`: it refuses a lock made where a package for another system could not be fetched.
# This takes the same versions, checks the same hashes and writes no lock.
frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
		2>/dev/null || { \
		echo "Cartable needs Node.js 20.19 or newer; found: $$(node --version 2>&1)." >&2; exit 1; }
	@echo "Installing the packages of the interface"
	@$(NPM) install --no-save
	@touch $@

$(INTERFACE): frontend/node_modules/.installed $(INTERFACE_SOURCES)
	@echo "Building the interface"
	@mkdir -p .cache
	@$(NPM) run --silent build >.cache/interface.log 2>&1 || { cat .cache/interface.log >&2; exit 1; }
	@touch -c $@
