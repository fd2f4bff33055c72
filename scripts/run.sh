#!/usr/bin/env bash
# `make run`: set up what is missing, then hand over to the supervisor.
set -euo pipefail
cd "$(dirname "$0")/.."

# Beside a running town nothing may be touched, not even the virtual environment.
if [ -e var/run.lock ] && ! flock -n var/run.lock true; then
    echo "已经在运行（进程 $(cat var/run.lock)），这次没有做任何改动"
    exit 3
fi
scripts/setup.sh
exec .venv/bin/python -m scripts.run
