#!/bin/sh
# Installs perfsmith for a step of the GitHub Action, from the lock file, or takes the one that the runner has.
# It leaves the folder "$RUNNER_TEMP/perfsmith-action" with the command `perfsmith` in it.
set -eu

# The folder in which a step starts is the checkout, and Python would import modules from there.
cd "$GITHUB_ACTION_PATH"
place="$RUNNER_TEMP/perfsmith-action"
mkdir -p "$place"

if command -v perfsmith >/dev/null 2>&1; then
    ln -sf "$(command -v perfsmith)" "$place/perfsmith"
else
    uv_version=$(sed -n 's/^UV_VERSION := //p' Makefile)
    python3 -I -m venv "$place/tools"
    "$place/tools/bin/python" -I -m pip install --quiet "uv==$uv_version"
    UV_PROJECT_ENVIRONMENT="$place/venv" "$place/tools/bin/uv" sync --quiet --frozen --no-dev
    ln -sf "$place/venv/bin/perfsmith" "$place/perfsmith"
fi
"$place/perfsmith" --version
