# One command each for people and CI alike. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
NOTEBOOKS ?=

.PHONY: help environment html book test check format lab notebooks pdf picture bench links lock test-oldest clean

help:
	@echo "make book       build the site and serve it on localhost"
	@echo "make html       build the site into _build/html"
	@echo "make test       all tests, nbval over every notebook included"
	@echo "make check      format, lint and types only (make format mends the format)"
	@echo "make lab        JupyterLab with the notebooks"
	@echo "make notebooks  run every notebook and store its outputs, normalised"
	@echo "make pdf        the whole book as _build/book.pdf"
	@echo "make bench      the benchmarks, written to benchmarks/README.md"

environment:
	@$(PYTHON) tools/environment.py

html: environment
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet

book: html
	@$(PY) tools/serve.py

check: environment
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: environment
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

test: html check
	@$(PY) tools/chromium.py
	$(PY) -m pytest --nbval --nbval-current-env --nbval-cell-timeout 120 -n 2 --dist loadfile

lab: environment
	$(PY) -m jupyterlab notebooks

notebooks: environment
	$(PY) -m tools.notebooks $(NOTEBOOKS)

pdf: html
	$(PY) -m tools.pdf

picture: html
	$(PY) -m tools.picture

bench: html
	$(PY) -m benchmarks

test-oldest: html
	$(PY) -m uv pip compile --quiet --resolution lowest-direct --all-extras -o _build/oldest.txt pyproject.toml
	$(PYTHON) tools/environment.py --venv .venv-oldest --requirements _build/oldest.txt
	$(subst $(VENV)/,.venv-oldest/,$(PY)) -m pytest --nbval-lax --nbval-current-env -n 2 --dist loadfile

links: environment
	$(BIN)/jupyter-book build . --builder linkcheck

lock:
	$(PY) -m uv pip compile --universal --python-version 3.11 --all-extras --no-header --no-annotate -o requirements.txt pyproject.toml

clean:
	rm -rf _build
