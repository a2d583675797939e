# Everything a developer types. Needs make and Python 3.11 or later with venv and pip; the rest is installed
# into .venv when it is missing, and again when pyproject.toml or constraints.txt has changed.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
STAMP := $(VENV)/.installed
RUN := $(VENV)/bin/python -m
CODE := callbot tests samples soak bench fuzz
OLD_ENOUGH := import sys, venv, pip; sys.exit(sys.version_info < (3, 11))

# the first Python that runs, is recent enough and has venv and pip; PYTHON=... names another
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	if $$each -c '$(OLD_ENOUGH)' >/dev/null 2>&1; then command -v $$each; break; fi; done)

# a folder that was moved or copied has scripts that point to where it was
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: demo
demo: $(STAMP) ## play three calls against the emulator
	@$(RUN) callbot demo

.PHONY: check
check: format-check lint types floors test fold wheel audit ## everything that must pass before a change goes in
	@echo "== all checks passed"

.PHONY: format-check
format-check: $(STAMP)
	@echo "== format"
	@$(RUN) ruff format --check --quiet $(CODE) || { echo "run: make format"; exit 1; }

.PHONY: lint
lint: $(STAMP)
	@echo "== lint"
	@$(RUN) ruff check --quiet $(CODE)

.PHONY: types
types: $(STAMP) ## mypy, strict
	@echo "== types"
	@$(RUN) mypy $(CODE)

.PHONY: floors
floors: $(STAMP)
	@echo "== floors"
	@$(VENV)/bin/lint-imports --no-logo

.PHONY: test
test: $(STAMP) ## the tests; ARGS="tests/cli -k demo" picks some
	@echo "== tests"
	@$(RUN) pytest -q -n auto $(ARGS)

.PHONY: soak
soak: $(STAMP) ## run a bot on the worst of lines for eight minutes, kill and stop it ten times; ARGS="--seed 2"
	@$(RUN) soak $(ARGS)

.PHONY: fold
fold: $(STAMP) ## every branch of the fold is tried
	@echo "== fold"
	@$(RUN) coverage run --branch --data-file=.coverage --source=callbot/state \
		-m pytest -q -p no:xdist tests/state tests/registry/test_exactly_once.py
	@$(RUN) coverage report --data-file=.coverage --fail-under=100 --skip-covered --show-missing

.PHONY: wheel
wheel: $(STAMP) ## build the wheel, install it in an empty folder and run it there
	@echo "== wheel"
	@$(VENV)/bin/python tests/package/check_wheel.py

.PHONY: audit
audit: $(STAMP) ## ask the index for known vulnerabilities of what callbot runs with
	@echo "== audit"
	@$(VENV)/bin/python tests/package/audit.py

.PHONY: bench
bench: $(STAMP) ## measure speed beside bare aiohttp and other SDKs; BENCH="gets latency" picks rows
	@$(RUN) bench $(BENCH)

.PHONY: fuzz
fuzz: $(STAMP) ## look for inputs that break a promise, a minute per target; ARGS="decode --seconds 600"
	@$(RUN) fuzz $(ARGS)

.PHONY: format
format: $(STAMP) ## put the code into its form
	@$(RUN) ruff check --quiet --fix-only $(CODE)
	@$(RUN) ruff format $(CODE)

.PHONY: clean
clean: ## remove everything that can be made again
	@rm -rf $(VENV) .venv-bench build dist .callbot .fuzz .coverage *.egg-info
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): pyproject.toml constraints.txt
	@if [ -z "$(PYTHON)" ]; then \
		echo "callbot needs Python 3.11 or later with venv and pip; the one found first is:" >&2; \
		python3 --version >&2 || echo "none" >&2; \
		echo "name another with: make PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@if [ -L $(VENV) ]; then echo "$(VENV) is a link to another environment: remove the link" >&2; exit 1; fi
	@echo "== installing into $(VENV) with $(PYTHON): about a minute the first time"
	@grep -qs ' $(CURDIR)/$(VENV)$$' $(VENV)/pyvenv.cfg && $(VENV)/bin/python -c '$(OLD_ENOUGH)' || \
		$(PYTHON) -m venv --clear $(VENV)
	@$(RUN) pip install -qq --disable-pip-version-check -c constraints.txt hatchling
	@$(RUN) pip install -qq --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[dev]'
	@printf '%s' '$(CURDIR)' > $@
