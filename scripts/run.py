"""`make run`, after the set-up: the whole demo town in the foreground, and all of it gone when this ends.

Services, migrations, demo data, then web, worker and beat; READY when /healthz says that all of them are there.
Stops in the opposite order.
"""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from scripts.processes import AlreadyRunning, die_with_parent, last_lines, only_one, wait_until
from scripts.services import Services

BASE = Path(__file__).resolve().parent.parent
VAR = BASE / "var"
HOST = "127.0.0.1"
CELERY = ["celery", "-A", "afterschool"]
# The web process of a start that was killed a moment ago may still be leaving.
PORT_SECONDS = 5
READY_SECONDS = 90
STOP_SECONDS = 20
LOG_LIMIT = 5_000_000  # bytes
ALREADY_RUNNING, PORT_TAKEN = 3, 4
BEGAN = time.monotonic()


class Stopped(BaseException):
    """Somebody asked us to stop: Ctrl-C, TERM or HUP."""


class Failed(Exception):
    """A step or a program failed; the message is for the user."""


def say(words: str) -> None:
    print(f"[{time.monotonic() - BEGAN:5.1f} 秒] {words}", flush=True)


def stop_on_signals() -> None:
    asked = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(signum: int, frame: FrameType | None) -> None:
        for each in asked:  # the stopping itself is not interrupted
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in asked:
        signal.signal(each, stop)


def local_environment() -> dict[str, str]:
    env = {"AFTERSCHOOL_MODE": "local", "PYTHONUNBUFFERED": "1", **os.environ}
    if "SECRET_KEY" not in env and "SECRET_KEY_FILE" not in env:
        env["SECRET_KEY"] = secret_key()
    return env


def secret_key() -> str:
    """Made once: sessions survive the next start."""
    file = VAR / "secret_key"
    if not file.exists():
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(50))
    return file.read_text()


def port_is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError:
            return False
        return True


@contextlib.contextmanager
def embedded(env: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start what no URL was given for, and put its URL into `env`."""
    if "DATABASE_URL" in env and "REDIS_URL" in env:
        yield {}
        return
    services = Services(VAR)
    try:
        if "DATABASE_URL" not in env:
            say("启动 PostgreSQL")
            services.start_postgres()
            env["DATABASE_URL"] = services.database_url
        if "REDIS_URL" not in env:
            say("启动 Redis")
            services.start_redis()
            env["REDIS_URL"] = services.redis_url
        yield services.running
    finally:
        services.stop()


def manage(env: dict[str, str], *arguments: str, stdout: int | None = None) -> str:
    command = [sys.executable, "manage.py", *arguments]
    leash = die_with_parent(signal.SIGTERM)
    # Its own session: whatever it starts can be ended with it.
    with subprocess.Popen(
        command, cwd=BASE, env=env, stdout=stdout, text=True, start_new_session=True, preexec_fn=leash
    ) as process:
        try:
            output, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise Failed(f"manage.py {' '.join(arguments)} 没有成功")
    return output


def programs(port: int) -> dict[str, list[str]]:
    web = f"gunicorn afterschool.wsgi --bind {HOST}:{port} --worker-class gthread --workers 2 --threads 4"
    return {
        "web": [*web.split(), "--preload", "--no-control-socket", "--access-logfile", "-"],
        "worker": [
            *CELERY,
            "worker",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
            "--without-mingle",
            "--without-gossip",
        ],
        "beat": [*CELERY, "beat", "--loglevel", "INFO", "--schedule", str(VAR / "beat"), "--pidfile="],
    }


def fresh_log(name: str) -> Path:
    log = VAR / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    return log


@contextlib.contextmanager
def staff(port: int, env: dict[str, str]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Web, worker and beat at work."""
    working: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs(port).items():
            with fresh_log(name).open("ab") as log:
                working[name] = subprocess.Popen(
                    [sys.executable, "-m", *command],
                    cwd=BASE,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGTERM),
                )
        yield working
    finally:
        send_home(working)


def send_home(working: dict[str, subprocess.Popen[bytes]]) -> None:
    """Nothing new is asked for once beat is gone; the worker finishes what it holds, the web its open requests."""
    say("正在停止")
    for process in reversed(working.values()):
        process.terminate()
    for process in working.values():
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def fail_on_the_dead(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            log = VAR / f"{name}.log"
            raise Failed(f"{name} 意外退出（{process.returncode}），日志 {log} 的最后几行：\n{last_lines(log)}")


def health(port: int) -> tuple[int, str]:
    line = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        line.request("GET", "/healthz")
        answer = line.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        line.close()


def wait_for_health(port: int, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    def all_there() -> bool:
        fail_on_the_dead(processes)
        return health(port)[0] == http.HTTPStatus.OK

    if not wait_until(all_there, READY_SECONDS, step=0.2):
        raise Failed(f"{READY_SECONDS} 秒后仍未就绪，/healthz：{health(port)[1]}")


def open_the_town(port: int) -> None:
    env = local_environment()
    with embedded(env) as services:
        say("更新数据库结构")
        manage(env, "migrate", "--noinput", "--verbosity", "0")
        say("准备演示数据")
        manage(env, "seed_demo", "--if-empty")
        say("启动网页、后台任务和定时任务")
        with staff(port, env) as working:
            everyone = services | working
            people = manage(env, "seed_demo", "--people", stdout=subprocess.PIPE)  # while the others come up
            wait_for_health(port, everyone)
            print(people, end="")
            say(f"全部就绪。日志在 {VAR}，按 Ctrl-C 停止")
            print(f"READY http://{HOST}:{port}/", flush=True)
            while True:
                fail_on_the_dead(everyone)
                time.sleep(0.5)


def main() -> int:
    port = int(os.environ.get("PORT", "8000"))
    VAR.mkdir(exist_ok=True)
    stop_on_signals()
    try:
        with only_one(VAR / "run.lock"):
            if not wait_until(lambda: port_is_free(port), PORT_SECONDS):
                say(f"端口 {port} 已被别的程序占用。请先停掉它，或换一个端口：make run PORT={port + 1}")
                return PORT_TAKEN
            open_the_town(port)
    except AlreadyRunning as other:
        say(f"已经在运行（进程 {other}），这次没有做任何改动")
        return ALREADY_RUNNING
    except (Failed, RuntimeError) as reason:
        say(f"失败：{reason}")
        return 1
    except Stopped:
        say("已停止")
    return 0


if __name__ == "__main__":
    sys.exit(main())
