#!/usr/bin/env bash
# Writes the lock files from pyproject.toml, with hashes and without any index address. Needs uv (pip install uv).
#   tools/lock.sh            keep what is locked, add what is new
#   tools/lock.sh --upgrade  take the newest of everything
set -euo pipefail
cd "$(dirname "$0")/.."
options=(--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-find-links --no-emit-index-url --quiet "$@")
uv pip compile "${options[@]}" pyproject.toml --group build -o requirements.lock
uv pip compile "${options[@]}" --group dev -c requirements.lock -o requirements-dev.lock
uv pip compile "${options[@]}" --group spark -c requirements.lock -c requirements-dev.lock -o requirements-spark.lock
uv pip compile "${options[@]}" --group bench -c requirements.lock -c requirements-dev.lock -o requirements-bench.lock
