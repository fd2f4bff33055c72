#!/usr/bin/env bash
# What a reviewer should not have to look for. Every step runs, and all that fail are named at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

failed=()
step() {
    local name=$1 began=$SECONDS output
    shift
    if output=$("$@" 2>&1); then
        printf '✓ %s (%d s)\n' "$name" $((SECONDS - began))
    else
        printf '%s\n✗ %s\n' "$output" "$name"
        failed+=("$name")
    fi
}

# Any well-formed values: these steps open no connection.
laptop() { env AFTERSCHOOL_MODE=local DATABASE_URL=postgresql:///none REDIS_URL=redis://none "$@"; }
production() {
    env -u AFTERSCHOOL_MODE DATABASE_URL=postgresql:///none REDIS_URL=redis://none ALLOWED_HOSTS=example.org \
        SITE_URL=https://example.org SMS_CARRIER=example.Sms \
        SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" "$@"
}

step "format" ruff format --check .
step "lint" ruff check .
step "templates" djlint templates --lint --quiet
step "types" laptop mypy
step "stairs" lint-imports
step "migrations" python -m scripts.with_services -- python manage.py makemigrations --check --dry-run
step "deployment" production python manage.py check --deploy --fail-level WARNING
step "locks" scripts/lock.sh --check

[ ${#failed[@]} -eq 0 ] || { echo "未通过：${failed[*]}" >&2; exit 1; }
