# What .ci/run runs, in your own environment (.venv), without making a new one.

python := ".venv/bin/python"
bin := ".venv/bin"

# Everything that must hold before a change lands.
all: lint types floors wheel test

# Make the environment.
setup:
    python3 -m venv .venv
    {{bin}}/pip install --quiet -e '.[dev]'

lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .

types:
    {{bin}}/mypy

floors:
    {{bin}}/lint-imports

# The wheel must work where the source is not.
wheel:
    #!/usr/bin/env bash
    set -euo pipefail
    environment=$(mktemp -d)
    trap 'rm -rf "$environment"' EXIT
    {{python}} -m build --wheel --outdir "$environment/dist" . >/dev/null
    python3 -m venv "$environment/elsewhere"
    "$environment/elsewhere/bin/pip" install --quiet --disable-pip-version-check "$environment"/dist/*.whl
    (cd "$environment" && elsewhere/bin/plandoc demo demo >/dev/null && elsewhere/bin/plandoc --data demo check)

test:
    {{python}} -m pytest -q

# The long proofs.
slow:
    {{python}} -m pytest -q -m slow

format:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .
