#!/bin/sh
# Makes .venv in the checkout, with the locked packages and Yardwatch itself, editable. Called by the Makefile:
#     sh tools/set_up.sh [PYTHON]
set -eu
say() { printf '%s\n' "$*" >&2; }

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

choose_python() {
    if [ -n "$1" ]; then
        usable "$1" && { printf '%s' "$1"; return; }
        say "PYTHON=$1 is not Python 3.11 or newer (it says: $("$1" --version 2>&1 || true))."
        say "Name another one, e.g.: make PYTHON=/usr/bin/python3.12 test"
        exit 1
    fi
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        usable "$name" && { printf '%s' "$name"; return; }
    done
    say "Yardwatch needs Python 3.11 or newer, and none is on the PATH (python3 says: $(python3 --version 2>&1 || true))."
    say "Install one, or name it: make PYTHON=/path/to/python3.12 test"
    exit 1
}

working_venv() { .venv/bin/python -c 'import pip, sys; sys.exit(sys.prefix == sys.base_prefix)' >/dev/null 2>&1; }

python=$(choose_python "${1:-}")
if ! working_venv; then
    say "[1/3] Making .venv with $("$python" --version)"
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        say "$python cannot make a virtual environment: its modules venv and ensurepip are missing."
        say "On Debian or Ubuntu: apt-get install python3-venv. Elsewhere name another one: make PYTHON=/path/to/python3 test"
        exit 1
    fi
    rm -rf .venv
    "$python" -m venv .venv
else
    say "[1/3] .venv is there: $(.venv/bin/python --version)"
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
say "[2/3] Installing the locked packages (about 1.5 GB on disk; minutes the first time)"
pip install --require-hashes --only-binary :all: -r requirements/dev.txt
say "[3/3] Installing Yardwatch itself"
pip install --quiet --no-deps --no-build-isolation --editable .
pwd -P > .venv/.set-up-in
