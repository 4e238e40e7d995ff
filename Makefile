# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PORT ?= 8080
PYTHON ?= python3
WORKERS ?= 2
DIST ?= dist
VENV := .venv
BIN := $(VENV)/bin
UI := ex_app/ui
UI_SOURCES := $(shell find $(UI)/src -type f 2>/dev/null) $(UI)/vite.config.ts $(UI)/tsconfig.json
# Node from the environment of the project is used where the machine has none that is recent enough.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(UI) --silent --no-fund --no-audit --no-update-notifier
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --quiet

##@ Use

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: $(VENV)/.ready ex_app/js/manifest.json ## Start the app with a sample API, without Nextcloud: make run PORT=8080
	@exec $(BIN)/python -m ex_app.standalone --port $(PORT)

.PHONY: occ
occ: $(VENV)/.ready ## Run a command as occ does, beside `make run`: make occ ARGS="openconnector:source:list --json"
	@$(BIN)/python -m ex_app.standalone.occ --port $(PORT) -- $(ARGS)

.PHONY: test
test: check test-ui test-python ## Check everything and run every test, browser tests included

.PHONY: check
check: lint openapi-check ## Format, lint, types, import contracts, stale generated files, front end
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }
	$(NPM) run typecheck

.PHONY: bench
bench: $(VENV)/.ready bench/.venv/.ready ex_app/js/manifest.json ## Measure, print a table and write bench/results.json
	$(BIN)/python -m bench.run

.PHONY: bench-large
bench-large: $(VENV)/.ready ## Ask a log of ten million calls, which takes hours to fill
	$(BIN)/python -m bench.log_queries 10000000

##@ Build

.PHONY: ui
ui: $(UI)/node_modules/.ready ## Build the front end into ex_app/js and ex_app/css
	$(NPM) run build

.PHONY: openapi
openapi: $(VENV)/.ready $(UI)/node_modules/.ready ## Write openapi.json and the TypeScript types made from it
	$(BIN)/python -m openconnector.openapi > openapi.json
	$(NPM) run types

.PHONY: screenshots
screenshots: $(VENV)/.ready ex_app/js/manifest.json browser ## Take the pictures of the tutorial; ports 8080 and 8081 must be free
	$(BIN)/python docs/screenshots.py

.PHONY: migrate
migrate: $(VENV)/.ready ## Write the migration that the models ask for: make migrate MESSAGE="Add a column"
	$(BIN)/python -m openconnector.migrations.draft "$(MESSAGE)"

.PHONY: lint
lint: $(VENV)/.ready $(UI)/node_modules/.ready ## Find what is not as the style wants it
	$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --diff .; exit 1; }
	$(BIN)/ruff check --quiet .
	$(NPM) run lint

.PHONY: format
format: $(VENV)/.ready $(UI)/node_modules/.ready ## Mend what can be mended by itself
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	$(NPM) run lint:fix

.PHONY: lock
lock: $(VENV)/.ready ## Renew the lock files from pyproject.toml and package.json
	$(COMPILE) --upgrade pyproject.toml --extra observability -o requirements.lock
	$(COMPILE) --upgrade pyproject.toml --extra observability --group dev -c requirements.lock -o requirements-dev.lock
	$(NPM) install --package-lock-only

.PHONY: image
image: ## Build the container image that AppAPI deploys
	docker build --tag openconnector:$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) .

.PHONY: package
package: ## Pack what the app store and Nextcloud want of the app: dist/open_connector.tar.gz
	@mkdir -p $(DIST)
	tar --create --file $(DIST)/open_connector.tar.gz --use-compress-program 'gzip -9n' --transform 's,^,open_connector/,' \
		--sort name --mtime @0 --owner 0 --group 0 --numeric-owner --mode a=rX,u+w appinfo img l10n CHANGELOG.md LICENSE

.PHONY: register
register: $(VENV)/.ready ex_app/js/manifest.json ## Show the occ commands that register a locally running app with a Nextcloud
	@$(BIN)/python -m ex_app.registration

.PHONY: clean
clean: ## Remove everything that was built or installed
	rm -rf $(VENV) bench/.venv $(UI)/node_modules ex_app/js ex_app/css dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# ---- what the targets above stand on ---------------------------------------------------------------------------------

.PHONY: test-python
test-python: $(VENV)/.ready ex_app/js/manifest.json browser sshd
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

.PHONY: test-ui
test-ui: $(UI)/node_modules/.ready
	$(NPM) run test

.PHONY: openapi-check
openapi-check: $(VENV)/.ready $(UI)/node_modules/.ready
	@$(BIN)/python -m openconnector.openapi | cmp -s - openapi.json || { echo "openapi.json is stale: run 'make openapi'"; exit 1; }
	@$(NPM) run types:check

# The locks were resolved as a whole, so nothing is resolved again here.
$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Python packages …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock 2> $(VENV)/pip.log \
		|| { cat $(VENV)/pip.log; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e . 2> $(VENV)/pip.log \
		|| { cat $(VENV)/pip.log; exit 1; }
	@touch $@

bench/.venv/.ready: requirements.lock
	@test -x bench/.venv/bin/python || $(PYTHON) -m venv bench/.venv
	@bench/.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock 2> $(VENV)/pip.log \
		|| { cat $(VENV)/pip.log; exit 1; }
	@touch $@

$(VENV)/.node: $(VENV)/.ready requirements-node.lock
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2> /dev/null || { \
		echo "Installing Node.js …"; \
		$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-node.lock; }
	@touch $@

$(UI)/node_modules/.ready: $(VENV)/.node $(UI)/package-lock.json
	@echo "Installing front-end packages …"
	@$(NPM) ci
	@touch $@

ex_app/js/manifest.json: $(UI)/node_modules/.ready $(UI_SOURCES) $(UI)/package.json
	@echo "Building the front end …"
	@$(NPM) run build
	@touch $@

# Without it, the tests of SFTP go against asyncssh's server alone.
.PHONY: sshd
sshd:
	@command -v sshd > /dev/null || test -x /usr/sbin/sshd || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			echo "Installing OpenSSH's server …"; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openssh-server; } > /dev/null \
				|| echo "There is no OpenSSH server here; its tests go against asyncssh's."; fi; }

.PHONY: browser
browser: $(VENV)/.ready
	@command -v chromium > /dev/null || command -v google-chrome > /dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			echo "Installing Chromium …"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium > /dev/null; \
		else $(BIN)/playwright install chromium; fi; }
