# make run     score the sample article, then serve on 127.0.0.1:8000
# make score   score the sample article and stop
# make test    lint, types, import arrows and every test
PYTHON ?= python3
ARTICLE = seeds/articles/afghanistan-july-2021.json
PIP = .venv/bin/pip install --quiet --constraint constraints.txt

.PHONY: run score test clean

run: score
	.venv/bin/parley serve

score: .venv/serve
	.venv/bin/parley score $(ARTICLE)

test: .venv/dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest

.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/serve: .venv/bin/pip pyproject.toml constraints.txt
	$(PIP) --editable '.[serve]'
	touch $@

.venv/dev: .venv/bin/pip pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	touch $@ .venv/serve

clean:
	rm -rf .venv
