#!/usr/bin/env bash
# The virtual environment from the locked list with hashes: by uv in seconds, by pip where uv is not to be had.
set -euo pipefail

python=${PYTHON:-python3}
lock=requirements-dev.txt
stamp=.venv/.complete-$(sha256sum $lock | cut -c1-16)
[ ! -e "$stamp" ] || exit 0

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "需要 Python 3.11 或更新版本，当前是 $("$python" --version)。可用 PYTHON=路径 指定另一个。" >&2
    exit 1
}
SECONDS=0
echo "安装 Python 软件包（首次约需半分钟）……"
[ -x .venv/bin/python ] || "$python" -m venv --without-pip .venv

# uv reads neither pip's configuration, where people in China name a mirror, nor the system's certificates.
mirror=$("$python" -m pip config get global.index-url 2>/dev/null || true)
mirror=${PIP_INDEX_URL:-$mirror}
[ -z "$mirror" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$mirror}
export UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-1} UV_LINK_MODE=${UV_LINK_MODE:-copy}
export VIRTUAL_ENV=$PWD/.venv PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

pip() {
    if "$python" -m pip --python .venv/bin/python --version >/dev/null 2>&1; then
        "$python" -m pip --python .venv/bin/python "$@"
    else
        .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
        .venv/bin/python -m pip "$@"
    fi
}

[ -x .venv/bin/uv ] || pip install -q --require-hashes -r requirements-bootstrap.txt || true
if ! { [ -x .venv/bin/uv ] && .venv/bin/uv pip install -q --require-hashes -r $lock; }; then
    echo "uv 不可用，改用 pip（需要几分钟）……"
    pip install -q --require-hashes -r $lock
fi
rm -f .venv/.complete-*
touch "$stamp"
echo "Python 软件包已装好（${SECONDS} 秒）"
