SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run setup test check fix lock bench clean
PORT ?= 8000
export PORT
ON_SERVICES := .venv/bin/python -m scripts.with_services --

help:  ## 本页
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## 安装缺少的东西，启动带演示数据的整套系统（PORT=8000）
	@scripts/run.sh

setup:
	@scripts/setup.sh browser

test: setup  ## 运行全部测试（PYTEST_ARGS="-k 退费 -x"）
	@$(ON_SERVICES) .venv/bin/pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

check:  ## 格式、静态检查、类型、分层、迁移、生产设置
	@scripts/setup.sh
	@scripts/check.sh

fix:  ## 自动整理代码格式
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format .

lock:  ## 由 requirements*.in 重新锁定依赖（LOCK_ARGS=--upgrade）
	@scripts/lock.sh $(LOCK_ARGS)

bench:  ## 运行一项基准测试（NAME=settlement ARGS="…"）
	@test -n "$(NAME)" || { ls benchmarks/*.py; exit 2; }
	@$(ON_SERVICES) .venv/bin/python -m benchmarks.$(NAME) $(ARGS)

clean:  ## 删除可以重新生成的东西；数据（var/）保留
	rm -rf .venv node_modules static/dist .setup.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
