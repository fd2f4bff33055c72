#!/usr/bin/env bash
# Everything `make run`, `make test` and `make check` need, each part only when it is missing or has changed.
# Usage: scripts/setup.sh [browser]
set -euo pipefail
cd "$(dirname "$0")/.."

# Two starts at once in a fresh clone: the second waits for the first.
exec 9>.setup.lock
flock -n 9 || { echo "另一个安装正在进行，等它完成……"; flock 9; }

mkdir -p var/static  # whitenoise looks here, filled or not
scripts/system_packages.sh "$@" 9>&-
scripts/venv.sh 9>&-
scripts/assets.sh 9>&-
