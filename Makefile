# One command each for people and CI alike. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
OLDEST := .venv-oldest
OLDEST_PY := $(subst $(VENV)/,$(OLDEST)/,$(PY))
NEWEST := .venv-newest
NEWEST_BIN := $(subst $(VENV)/,$(NEWEST)/,$(BIN))
NOTEBOOKS ?=

.PHONY: help environment chromium html book test quick check format lab notebooks pdf picture bench links
.PHONY: lock test-oldest test-newest clean

help:
	@echo "make book         build the site and serve it on localhost"
	@echo "make html         build the site into _build/html"
	@echo "make test         all tests, nbval over every notebook included"
	@echo "make quick        format, lint, types, unit tests and the notebooks that changed"
	@echo "make check        format, lint and types only"
	@echo "make format       mend the format, and what else the linters can mend"
	@echo "make lab          JupyterLab with the notebooks"
	@echo "make notebooks    run every notebook, or NOTEBOOKS=..., and store the outputs"
	@echo "make pdf          the whole book as _build/book.pdf"
	@echo "make picture      the README's picture, drawn again"
	@echo "make bench        the benchmarks, written to benchmarks/README.md"
	@echo "make links        ask every link of the site whether it still leads somewhere"
	@echo "make test-oldest  the tests with the oldest versions that pyproject.toml allows"
	@echo "make test-newest  the tests with the newest of everything, pre-releases included"
	@echo "make lock         pin the newest versions in requirements.txt"
	@echo "make environment  what the others need in .venv (chromium: and a browser)"
	@echo "make clean        remove what was built"

environment:
	@$(PYTHON) tools/environment.py

chromium: environment
	@$(PY) tools/chromium.py

# Sphinx's HTML builder by its own name: Jupyter Book's name for it adds advice on how to open it.
html: environment
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet --builder custom --custom-builder html
	@rm -rf _build/markdown
	@$(BIN)/jupyter-book build . -W -n --keep-going --quiet --builder custom --custom-builder markdown
	@$(PY) -m tools.twins
	@echo "The site is in _build/html: open index.html, or serve it with make book."

book: html
	@$(PY) tools/serve.py

check: environment
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m tools.javascript

format: environment
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m tools.javascript --write

# Pyrefly's stubs of PyTorch, for tests/test_editors.py: apart, because mypy stops at them.
_build/stubs: tests/editors/requirements.txt | environment
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --upgrade --target $@ --requirement $<
	@touch $@

# The notebooks that differ from the last commit, or are not in one yet.
CHANGED = $(shell git ls-files --modified --others --exclude-standard --deduplicate "notebooks/*.ipynb" 2>/dev/null; git diff --cached --name-only --diff-filter=d "notebooks/*.ipynb" 2>/dev/null)

# A thread each: several workers with several threads wait for one another, five times as long.
quick test test-oldest test-newest: export OMP_NUM_THREADS = 1

quick: check
	$(PY) -m pytest --quiet -m "not slow" --nbval --nbval-current-env -n 2 --dist loadfile --no-loadscope-reorder src tests $(sort $(CHANGED))

# Three workers for two cores: each waits half its time for the frames of Chromium.
test: html check chromium _build/stubs
	$(PY) -m pytest --nbval --nbval-current-env --nbval-cell-timeout 120 -n 3 --dist loadfile --no-loadscope-reorder --durations 12

lab: environment
	$(PY) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) notebooks

notebooks: environment
	$(PY) -m tools.notebooks $(NOTEBOOKS)

pdf: html chromium
	$(PY) -m tools.pdf

picture: html chromium
	$(PY) -m tools.picture

bench: html chromium
	$(PY) -m benchmarks

# Without the pins in pyproject.toml. The CUDA libraries that PyPI's torch asks for are left out,
# because PyTorch's CPU wheel is tried first; if PyPI's has to do, it brings them all the same.
# Where a machine cannot get one of the versions, UV_CONSTRAINT names a file with another.
test-oldest: html _build/stubs
	$(PY) -m uv pip compile --quiet --no-config --upgrade --resolution lowest-direct --all-extras --no-header --no-annotate -o _build/oldest-all.txt pyproject.toml
	grep -Ev "^(nvidia-|triton=)" _build/oldest-all.txt > _build/oldest.txt
	@$(PYTHON) tools/environment.py --venv $(OLDEST) --requirements _build/oldest.txt
	@$(OLDEST_PY) tools/chromium.py
	$(OLDEST_PY) -m pytest --nbval-lax --nbval-current-env -n 3 --dist loadfile --no-loadscope-reorder --durations 12

# The same with the newest versions: what breaks here breaks for readers one day.
test-newest: environment _build/stubs
	@mkdir -p _build
	$(PY) -m uv pip compile --quiet --no-config --upgrade --override tools/newest.txt --all-extras --no-header --no-annotate -o _build/newest-all.txt pyproject.toml
	grep -Ev "^(cuda-|nvidia-|triton=|torch=)" _build/newest-all.txt > _build/newest.txt
	@$(PYTHON) tools/environment.py --venv $(NEWEST) --requirements _build/newest.txt
	$(NEWEST_BIN)/jupyter-book build . -W -n --keep-going --quiet --builder custom --custom-builder html
	@rm -rf _build/markdown
	$(NEWEST_BIN)/jupyter-book build . -W -n --keep-going --quiet --builder custom --custom-builder markdown
	$(NEWEST_BIN)/python -m tools.twins
	@$(NEWEST_BIN)/python tools/chromium.py
	$(NEWEST_BIN)/python -m pytest --nbval-lax --nbval-current-env -n 3 --dist loadfile --no-loadscope-reorder --durations 12

links: html
	$(PY) -m linkcheck --config tools/linkcheckerrc _build/html/index.html

lock: environment
	$(PY) -m uv pip compile --universal --python-version 3.11 --all-extras --no-header --no-annotate -o requirements.txt pyproject.toml

clean:
	rm -rf _build
