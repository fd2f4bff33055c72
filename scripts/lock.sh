#!/usr/bin/env bash
# Locks the requirements with hashes. `scripts/lock.sh --check` only says whether a list is older than its .in file:
# each lock begins with the digest of what it was made from, so no network is needed.
set -euo pipefail
cd "$(dirname "$0")/.."

for name in requirements requirements-dev requirements-bootstrap; do
    sources=("$name.in")
    [ $name != requirements-dev ] || sources+=(requirements.in)
    head="# made from $(cat "${sources[@]}" | sha256sum | cut -c1-16)"
    if [ "${1:-}" = --check ]; then
        [ "$(head -n 1 $name.txt)" = "$head" ] || { echo "$name.txt 与 $name.in 不一致，请运行 make lock" >&2; exit 1; }
    else
        UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} .venv/bin/uv pip compile -q --universal --generate-hashes \
            --python-version 3.11 "$@" $name.in -o $name.txt
        sed -i "/^# made from /d; 1i $head" $name.txt
    fi
done
