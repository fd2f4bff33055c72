#!/usr/bin/env bash
# Debian packages, only when something is really missing. Usage: scripts/system_packages.sh [browser]
set -euo pipefail

# Libraries are asked for, not packages: it does not matter how they came here.
has_library() { PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -F "$1" >/dev/null; }  # all is read: with -q ldconfig may end by SIGPIPE

# A way to fill a virtual environment: pip, or the ensurepip that Debian keeps in python3-venv.
has_installer() { "$1" -m pip --version || "$1" -c 'import ensurepip'; } >/dev/null 2>&1

# The tests' browser: any Chromium does; Debian's without windows does it with half the work, and root may fetch it.
browser=chromium
grep -qsx 'ID=debian' /etc/os-release && browser=chromium-headless-shell
has_browser() {
    command -v $browser && return
    [ "$(id -u)" != 0 ] && { command -v chromium || command -v google-chrome; }
} >/dev/null

missing=()
has_library libpango-1.0.so.0 || missing+=(libpango-1.0-0)
has_library libpangoft2-1.0.so.0 || missing+=(libpangoft2-1.0-0)
has_library libharfbuzz-subset.so.0 || missing+=(libharfbuzz-subset0)
has_library libfontconfig.so.1 || missing+=(libfontconfig1)
[ -x .venv/bin/python ] || has_installer "${PYTHON:-python3}" || missing+=(python3-venv)
if [ "${1:-}" = browser ]; then
    has_browser || missing+=($browser)
    { fc-list :lang=zh 2>/dev/null || true; } | grep -q . || missing+=(fontconfig fonts-wqy-microhei)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates ${missing[*]}"
if ! command -v apt-get >/dev/null; then
    echo "缺少系统软件：${missing[*]}。本机没有 apt-get，请用系统的软件管理器安装同名的库后重试。" >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=(sh -c)
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n sh -c)
else
    echo "缺少系统软件：${missing[*]}。请让管理员执行下面这一行，然后重试：" >&2
    echo "    sudo sh -c '$install'" >&2
    exit 1
fi
echo "安装系统软件：${missing[*]}"
"${as_root[@]}" "export DEBIAN_FRONTEND=noninteractive; $install >/dev/null"
