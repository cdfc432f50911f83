#!/usr/bin/env bash
# Run a Node.js program (`node`, `npm`, `npx`): the machine's own from version 20.19 on, otherwise
# the pinned wheel from the Python package index, in an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

new_enough() {
    local version
    version=$(node --version 2>/dev/null) || return 1
    [[ $version =~ ^v([0-9]+)\.([0-9]+) ]] || return 1
    ((BASH_REMATCH[1] > 20 || (BASH_REMATCH[1] == 20 && BASH_REMATCH[2] >= 19)))
}

if ! { command -v npm >/dev/null && new_enough; }; then
    home=.cache/node
    if [[ ! -e $home/ready || requirements-node.lock -nt $home/ready ]]; then
        "${PYTHON:-python3}" -m venv "$home"
        "$home/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
            -r requirements-node.lock
        touch "$home/ready"
    fi
    PATH="$PWD/$home/bin:$PATH"
fi
cd web
exec "$@"
