# Everything one does in this checkout. `make` alone lists it. Needs Python ≥ 3.11 and nothing else.
# Recipes name no absolute path and call `.venv/bin/python -m …`: a checkout may lie under a path with spaces.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?=
TESTFLAGS ?=
SAMPLE ?=
SUITEFLAGS ?=
TRAINFLAGS ?=
RUN := .venv/bin/python
DONE := .venv/.set-up-in

# A checkout that was moved is set up again; its .venv points to where it was.
ifneq ($(shell cat $(DONE) 2>/dev/null),$(CURDIR))
MOVED := moved
endif

.PHONY: help demo desk screenshots wheel test check accuracy accuracy-final suite judge bench bench-desk verify train docs lock setup clean moved

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

demo: $(DONE) ## set up, simulate a yard of an invented place, count it, write the report
	$(RUN) -m yardwatch demo demo

desk: $(DONE) ## build the front end, if its sources changed (Node comes from a Python package)
	@$(RUN) tools/build_desk.py

screenshots: desk ## pictures of the desk's pages for the docs, into docs/img/ (needs chromium)
	$(RUN) tools/screenshots.py

wheel: desk ## build the wheel, with the built front end in it, into dist/
	$(RUN) -m hatchling build -t wheel

test: desk ## set up, run the tests (TESTFLAGS="-k ribbon" narrows)
	$(RUN) -m pytest $(TESTFLAGS)

check: $(DONE) ## style, types, import directions, changelog, docs
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	$(RUN) -m towncrier build --draft --version next >/dev/null
	NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict --quiet

accuracy: $(DONE) ## count the real scenes meant for validation and compare with the truth
	$(RUN) tools/accuracy.py validation

accuracy-final: $(DONE) ## the same on the scenes kept for the final test
	$(RUN) tools/accuracy.py test

suite: $(DONE) ## count the frozen suite of simulated yards (SUITEFLAGS="--every 10", "--onnx FILE")
	$(RUN) tools/suite.py score $(SUITEFLAGS)

judge: $(DONE) ## can simulated ribbons be told from real ones, and by what?
	$(RUN) tools/judge.py

bench: $(DONE) ## time and memory of a count on a large simulated scene
	$(RUN) tools/bench.py
	$(RUN) tools/bench_registration.py
	$(RUN) tools/bench_change.py

bench-desk: desk ## the desk on 200 simulated scenes and 50,000 cars, in chromium (minutes); reports; the audit of 1,000 scenes
	$(RUN) tools/bench_desk.py build/bench-desk
	$(RUN) tools/audit_speed.py --scenes 1000
	test -d demo || $(RUN) -m yardwatch demo demo
	$(RUN) tools/bench_report.py demo --figures 30

verify: $(DONE) ## long proofs, written to docs/verification.md (SAMPLE=1: a minute of them, written nowhere)
	$(RUN) tools/verify.py $(if $(SAMPLE),--sample)

train: $(DONE) ## train the evidence network anew on simulated ribbons (TRAINFLAGS; wants torch)
	@$(RUN) -c 'import torch' 2>/dev/null || { echo "make train wants torch: $(RUN) -m pip install -e .[train]"; exit 1; }
	$(RUN) -m yardwatch.pipeline.training $(TRAINFLAGS)

docs: $(DONE) ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --strict
	@echo "Open site/index.html"

lock: ## renew requirements/dev.txt (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH; see CONTRIBUTING.md"; exit 1; }
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade \
		--extra dev pyproject.toml requirements/build.in --output-file requirements/dev.txt --quiet

setup: $(DONE) ## only set up .venv

$(DONE): requirements/dev.txt pyproject.toml tools/set_up.sh $(MOVED)
	@sh tools/set_up.sh "$(PYTHON)"

clean: ## remove what was built here, .venv included
	rm -rf .venv desk/node_modules src/yardwatch/web/static site build dist demo demo-tumangang-khasan .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
