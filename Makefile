# Two commands do all the set-up: `make demo` and `make test`. Both install into .venv once, and nothing after that.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check check-full lint types bench clean

help:
	@echo "make demo        the example datanets, worked through"
	@echo "make test        the tests"
	@echo "make check       lint, types and tests: what a change must pass"
	@echo "make check-full  also what needs a browser or npm, and the properties of money on more cases"

# Byte code is made of what is used, when it is used: most of what these libraries bring never is.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer wanted, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/curate demo

# Two processes with a thread each: libraries that start one for every core get in each other's way.
# Files begin in the order of tests/longest_first.py: by their number of tests a long one with few would come last.
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

test: $(STAMP)
	$(ONE_THREAD) $(BIN)/python -m pytest -q --numprocesses 2 --dist loadfile --no-loadscope-reorder
	@echo "left out: tests/full/merkle_tree.test.mjs (needs node and npm), and where there is no Chromium" \
	  "the browser's in tests/web; make check-full runs them"

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

check: lint types test

check-full: check
	PYTHON=$(abspath $(BIN)/python) node --test tests/full/merkle_tree.test.mjs
	CURATION_FULL=1 $(BIN)/python -m pytest -q tests/web/test_browser.py tests/web/test_review_page.py \
	  tests/web/test_live_page.py tests/web/test_report_page.py tests/rewards

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
