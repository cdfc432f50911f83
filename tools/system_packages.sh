#!/usr/bin/env bash
# See that the programs which the tests drive are there: a browser, a broker, a database server,
# and what looks at system calls or moves the clock.
# As root they are installed; otherwise the exact command is named. Under CI=true none may be missing.
set -euo pipefail

has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_mosquitto() { command -v mosquitto || [[ -x /usr/sbin/mosquitto ]]; }
has_postgresql() { command -v postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres'; }
has_strace() { command -v strace; }
has_faketime() { command -v faketime; }
has_openssl() { command -v openssl; }

missing=()
for package in chromium mosquitto postgresql strace faketime openssl; do
    "has_$package" >/dev/null || missing+=("$package")
done
((${#missing[@]} == 0)) && exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if ((EUID == 0)) && command -v apt-get >/dev/null; then
    # a server for tests alone: nothing is to start by itself
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    apt-get update
    $install
    exit 0
fi
echo "Missing for the tests: ${missing[*]}. Install with:  sudo $install"
[[ "${CI:-}" == true ]] && exit 1
echo "The tests that need them are skipped."
