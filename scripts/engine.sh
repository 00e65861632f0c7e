#!/bin/sh
# Runs a command with a Docker engine for the tests:   sh scripts/engine.sh COMMAND...
#
# The engine that DOCKER_HOST names, or the one on the default socket, is used where it answers. Otherwise, as root on a
# Debian or Ubuntu, docker.io, debootstrap and docker-compose are installed where they are missing (that, and the engine,
# is what root is for), and an engine of our own is started in $PERFSMITH_ENGINE, without a bridge and without touching the
# firewall; it is stopped when the last command that uses it has ended. The image perfsmith-test-base is made with
# debootstrap from the mirror that apt uses, so that no image registry is needed.
#
# Where none of that is possible the command runs all the same, and its tests say why they are skipped.
set -eu

PLACE="${PERFSMITH_ENGINE:-/var/tmp/perfsmith-engine}"
IMAGE=perfsmith-test-base
PACKAGES=python3,python3-venv,python3-dev,git,ca-certificates,gcc,libc6-dev,valgrind

answers() { command -v docker >/dev/null 2>&1 && docker info >/dev/null 2>&1; }

say() { echo "engine: $*" >&2; }

install_packages() {
    missing=""
    command -v dockerd >/dev/null 2>&1 || missing="$missing docker.io"
    command -v debootstrap >/dev/null 2>&1 || missing="$missing debootstrap"
    docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null 2>&1 || missing="$missing docker-compose"
    [ -n "$missing" ] || return 0
    say "installing$missing (needs root)"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1
}

start() {
    export DOCKER_HOST="unix://$PLACE/docker.sock"
    answers && return 0
    say "starting an engine in $PLACE"
    # It may outlive us, and must not keep what we, or who called us, hold open: a lock would never be free again.
    dockerd --bridge=none --iptables=false --data-root "$PLACE/data" --exec-root "$PLACE/exec" \
        --pidfile "$PLACE/pid" -H "$DOCKER_HOST" >"$PLACE/log" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
    for _ in $(seq 120); do
        answers && return 0
        sleep 0.5
    done
    say "it did not start; the end of $PLACE/log:"
    tail -5 "$PLACE/log" >&2
    return 1
}

stop() {
    kill "$(cat "$PLACE/pid")" 2>/dev/null || return 0
    for _ in $(seq 60); do
        [ -e "$PLACE/pid" ] || return 0
        sleep 0.5
    done
}

make_image() {
    docker image inspect "$IMAGE" >/dev/null 2>&1 && return 0
    if [ ! -f "$PLACE/base.tar" ]; then
        say "making the image $IMAGE with debootstrap (about a minute)"
        mirror="$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -1)"
        suite="$(. /etc/os-release && echo "$VERSION_CODENAME")"
        rm -rf "$PLACE/root"
        debootstrap --variant=minbase --include="$PACKAGES" "$suite" "$PLACE/root" "$mirror" >"$PLACE/debootstrap.log" 2>&1
        tar -C "$PLACE/root" -cf "$PLACE/base.part" .
        mv "$PLACE/base.part" "$PLACE/base.tar"
        rm -rf "$PLACE/root"
    fi
    docker import "$PLACE/base.tar" "$IMAGE" >/dev/null
}

if ! answers; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "no Docker engine answers, and only root on Debian or Ubuntu can start one here: what needs one is skipped"
        exec "$@"
    fi
    mkdir -p "$PLACE"
    # Shared by all commands that use the engine; whoever can have it alone at the end is the last one.
    exec 8>"$PLACE/starting" 9>"$PLACE/users"
    flock 8
    install_packages || { say "they can't be installed: what needs an engine is skipped"; exec "$@"; }
    if ! start; then exec "$@"; fi
    flock -s 9
    make_image || say "the image $IMAGE can't be made: what needs it is skipped"
    flock -u 8
    status=0
    "$@" 8>&- 9>&- || status=$?
    flock 8
    if flock -n -x 9; then stop; fi
    exit $status
fi

if ! docker image inspect "$IMAGE" >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    mkdir -p "$PLACE"
    { install_packages && make_image; } || say "the image $IMAGE can't be made: what needs it is skipped"
fi
exec "$@"
