# Every target does whatever set-up it needs, into .venv, from requirements.lock.
.DEFAULT_GOAL := help
.PHONY: setup demo test check bench faults load screenshots help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready

setup: $(READY)  ## install everything that is needed into .venv

demo: $(READY)  ## play a dispensary's day in a Slack-like page; no account needed
	$(BIN)/orderahead demo $(ARGS)

test: check  ## lint, strict types, and all tests on SQLite and PostgreSQL, in three processes for each two cores
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

check: $(READY)  ## lint and strict types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)  ## measure speed as ratios, side by side in one run
	$(BIN)/python -m tests.bench $(ARGS)

faults: $(READY)  ## kill the bot a thousand times, and 500 times one of two; writes docs/reliability.md
	$(BIN)/python -m tests.faults $(or $(ARGS),--write)

load: $(READY)  ## postbacks for ten minutes, a rush, many stores, Slack down; writes docs/reliability.md
	$(BIN)/python -m tests.load $(or $(ARGS),--write)

screenshots: $(READY)  ## take the README's pictures anew, from the demo
	$(BIN)/python -m tests.browser.screenshots

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Order Ahead needs Python 3.11 or newer; name one with PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
