#!/bin/sh
# Installs what perfsmith needs from the system, where it is missing:
#   bubblewrap    the sandbox in which all code under test runs
#   valgrind      counts instructions for the objective of that name
#   python3-venv  makes virtual environments (Debian splits it from Python)
# Root is needed for that, because the system's package manager asks for it; nothing else here does.
set -eu

missing=""
command -v bwrap >/dev/null 2>&1 || missing="$missing bubblewrap"
command -v valgrind >/dev/null 2>&1 || missing="$missing valgrind"
"${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null 2>&1; then as_root="sudo"; else
    echo "Missing:$missing. Install them as root, then try again." >&2
    exit 1
fi
echo "Installing$missing with the system's package manager (needs root)" >&2
if command -v apt-get >/dev/null 2>&1; then
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif command -v dnf >/dev/null 2>&1; then
    $as_root dnf install -y -q $(echo "$missing" | sed 's/python3-venv//')
else
    echo "No apt-get and no dnf here: install$missing yourself." >&2
    exit 1
fi
