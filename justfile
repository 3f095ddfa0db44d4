# What .ci/run runs, in your own environment (.venv), without making a new one.

python := ".venv/bin/python"
bin := ".venv/bin"

# Everything that must hold before a change lands.
all: lint types layers wheel test proof postgres

# Make the environment.
setup:
    python3 -m venv .venv
    {{bin}}/pip install --quiet -e '.[dev]'

lint:
    {{bin}}/ruff check .
    {{bin}}/ruff format --check .

types:
    {{bin}}/mypy

layers:
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

# The default run: every feature, and a sample of the proofs.
test:
    {{python}} -m pytest -q

# What the default run leaves out of the proofs.
proof:
    {{python}} -m pytest -q -m proof

# What needs a PostgreSQL server, which the tests start themselves.
postgres:
    {{python}} -m pytest -q -m postgres
    {{python}} -m pytest -q --store=postgres tests/store tests/plans tests/exchange tests/cli

# The long proofs, which are run by hand.
slow:
    {{python}} -m pytest -q -m slow

# Write the committed files that are made from the code: schemas, the sample, the present format, messages, bad inputs.
renew:
    {{python}} -m tests.renew

# Change the code in one place at a time; a test must notice. All, or those that a pattern names.
mutants *names:
    {{bin}}/pip install --quiet -e '.[mutants]'
    {{bin}}/mutmut run --max-children 1 {{names}}

# Try the mutants that were not killed once more, each in a process of its own.
mutants-again:
    #!/usr/bin/env bash
    set -euo pipefail
    {{bin}}/mutmut results --all true | grep -v ': killed' | sed 's/^ *//; s/:.*//' | while read -r mutant; do
        (cd mutants && MUTANT_UNDER_TEST=$mutant "$OLDPWD"/{{python}} -m pytest -n0 -x -q -p no:cacheprovider --costly tests/records tests/storage tests/durable >/dev/null) \
            && echo "survives: $mutant" || true
    done

format:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .
