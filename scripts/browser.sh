#!/bin/sh
# Installs what the tests of the web UI need from the system, where it is missing: Chromium, and npm, which fetches axe-core.
# Without them those tests are skipped and say so, so where there is no package manager this ends well.
set -eu

missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 || exit 0
if [ "$(id -u)" = 0 ]; then as_root=""; elif command -v sudo >/dev/null 2>&1; then as_root="sudo"; else exit 0; fi
echo "Installing$missing with the system's package manager (needs root)" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
