# The one list of commands. Each sets up what it needs first; `make help` lists them.
# PYTHON=python3.12 make test   sets up with another Python (3.11 or newer)

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p && break; done)
BIN = .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo report test test-long docs bench bench-web clean python run dev peers long

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

demo: run ## build both reports, place a made-up year, and serve it all on http://127.0.0.1:8000 (ARGS=--once: check the pages and stop)
	@$(BIN)/fodfaeste demo $(ARGS)

report: run ## build the report of 2002 (ARGS='-o DIR': where to)
	@$(BIN)/fodfaeste report $(ARGS)

test: dev ## all checks but the long ones: lint, format, types, layers, tests, on PostgreSQL what differs there, docs
	@$(BIN)/python tools/check.py lint format types layers tests walls docs

test-long: long ## the tests of minutes: seeded simulations, those of the web on PostgreSQL, further languages, coverage
	@$(BIN)/python tools/check.py postgres coverage long

docs: dev ## build the documentation into site/
	@$(BIN)/python tools/check.py docs

bench: peers ## the project beside its peers, as ratios (ARGS=place: placement)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-web: dev ## how quickly the web application answers 16 at a time, on both databases (ARGS="sqlite short": a try)
	@$(BIN)/python -m benchmarks.web $(ARGS)

clean: ## remove what the other commands made, except .venv
	rm -rf build site dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

run: python
	@$(PYTHON) tools/bootstrap.py

dev: python
	@$(PYTHON) tools/bootstrap.py --dev

peers: python
	@$(PYTHON) tools/bootstrap.py --bench

long: python
	@$(PYTHON) tools/bootstrap.py --long

python:
	@test -n "$(PYTHON)" || { echo 'Missing: Python 3.11 or newer. On Debian: apt-get install python3 python3-venv' >&2; exit 1; }
