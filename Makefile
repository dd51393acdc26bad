# Everything here needs Python 3.10 or newer and make: the rest goes into $(VENV) and .tox.
# PYTHON=python3.12 picks the interpreter that $(VENV) is made with, ARGS="-k timeout" is handed to pytest.

PYTHON ?= python3
PORT ?= 5000
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PLUGINS := plugins/flask-signalwire-audit plugins/flask-signalwire-autolang[all] plugins/flask-signalwire-captions
METADATA := setup.cfg pyproject.toml $(wildcard plugins/*/setup.cfg plugins/*/pyproject.toml)
INTERPRETERS := py310,py311,py312,py313,py314,py315

# pyenv's shims show only the versions that are active; tox is told about the others.
ifndef TOX_DISCOVER
TOX_DISCOVER := $(shell ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/*/bin/python3.1[0-9] 2>/dev/null | paste -s -d : -)
endif
ifneq ($(TOX_DISCOVER),)
export TOX_DISCOVER
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.app ## run the example call desk once against the simulator, in the terminal
	$(BIN)/python -m example_app.demo

.PHONY: demo-serve
demo-serve: $(VENV)/.app ## serve the example call desk, a page for your browser (PORT=5000)
	@echo "The call desk: http://localhost:$(PORT)/ (nobody's telephone rings)"
	SIGNALWIRE_SPACE=simulator FLASK_SIGNALWIRE_SPACE=simulator FLASK_DESK_SCENARIO=examples \
		$(BIN)/flask --app example_app run --port $(PORT)

.PHONY: test
test: $(VENV)/.tox ## run the tests on every supported Python that this machine has
	@echo "Left out: tests marked 'services' or 'browser', which need a server or a browser. CI runs them."
	$(BIN)/tox run -e $(INTERPRETERS) --skip-missing-interpreters true -- $(ARGS)

.PHONY: test-marked
test-marked: $(VENV)/.tox ## run the tests that `make test` leaves out
	$(BIN)/tox run -e marked -- $(ARGS)

.PHONY: screenshots
screenshots: $(VENV)/.dev ## take the README's pictures anew, with Chromium
	SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/browser/test_screenshots.py

.PHONY: lint
lint: $(VENV)/.tox ## check style, imports between the packages, and types
	$(BIN)/tox run -e lint,types

.PHONY: lowest
lowest: $(VENV)/.tox ## run the tests with every dependency at its floor
	$(BIN)/tox run -e lowest -- $(ARGS)

.PHONY: docs
docs: $(VENV)/.tox ## build the documentation into docs/_build/html
	$(BIN)/tox run -e docs

.PHONY: dist
dist: $(VENV)/.tox ## build the sdists and wheels, and test them installed
	$(BIN)/tox run -e dist

.PHONY: vendor
vendor: $(VENV)/.tox ## run the vendor's SDK against the simulator, and beside our client
	$(BIN)/tox run -e vendor -- $(ARGS)

.PHONY: bench
bench: ## measure what a command costs, beside the vendor's SDK (ARGS=--quick)
	$(PYTHON) benchmarks/run.py $(ARGS)

.PHONY: dev
dev: $(VENV)/.dev ## make .venv a place to develop in: packages editable, every tool installed

.PHONY: clean
clean: ## remove everything that was made
	rm -rf $(VENV) benchmarks/.venv .tox build dist docs/_build .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	rm -rf *.egg-info plugins/*/*.egg-info plugins/*/build plugins/*/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that works is kept, whoever made it.
$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo "$(PYTHON) is older than Python 3.10; name a newer one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.app: $(VENV)/.pip $(METADATA)
	$(BIN)/python -m pip install -qq --group example -e .[simulator] $(addprefix -e ,$(PLUGINS))
	@touch $@

$(VENV)/.tox: $(VENV)/.pip pyproject.toml
	$(BIN)/python -m pip install --quiet --group tox
	@touch $@

$(VENV)/.dev: $(VENV)/.app pyproject.toml
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
