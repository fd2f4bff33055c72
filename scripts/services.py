"""A real PostgreSQL and a real Redis for one checkout: the laptop, the demo, the tests.

Used only while DATABASE_URL or REDIS_URL is not given. The servers listen on sockets alone, are children of this
process and end with it. Knows nothing of Django.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts import binaries
from scripts.processes import die_with_parent, last_lines, wait_until, working_folder

DATABASE = USER = "afterschool"
SOCKET_PATH_LIMIT = 107  # bytes, AF_UNIX
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
START_SECONDS = STOP_SECONDS = 30
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}


class Services:
    """The pair of servers whose data lies under `var`. Without `durable` they are quick and forget on power loss."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self.var = var.resolve()
        self.var.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        # PostgreSQL refuses to serve as root.
        self.servant = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self.servant:
            os.umask(0o022)  # what root makes here must let the servant in
        self.postgres_bin, self.redis_server, self.home = self._places()
        self.sockets = _short_enough(self.home / "run")

    def _places(self) -> tuple[Path, Path, Path]:
        postgres, redis = binaries.postgres_bin(), binaries.redis_server()
        if self.servant and not (binaries.reachable_by_all(postgres) and binaries.reachable_by_all(redis)):
            postgres, redis = binaries.private_postgres(postgres), binaries.private_redis(redis)
        home = self.var
        if self.servant and not binaries.reachable_by_all(self.var):
            home = binaries.private_folder(self.var)
        return postgres, redis, home

    @property
    def database_url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.sockets}/redis.sock"

    def stop(self) -> None:
        self._end("redis", signal.SIGTERM, signal.SIGKILL)
        # To PostgreSQL SIGINT is the fast shutdown: roll back, checkpoint, leave.
        self._end("postgres", signal.SIGINT, signal.SIGQUIT)

    def _end(self, name: str, polite: int, rude: int) -> None:
        server = self.running.pop(name, None)
        if server is None or server.poll() is not None:
            return
        server.send_signal(polite)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.send_signal(rude)
            server.wait()

    # PostgreSQL

    def start_postgres(self) -> None:
        data = self._own_folder(self.home / "postgres")
        self._own_folder(self.sockets)
        _stop_orphan(data / "postmaster.pid", data, signal.SIGINT)
        if not (data / "PG_VERSION").exists():
            self._initdb(data)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets,
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "shared_buffers": "64MB",
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._spawn("postgres", [self.postgres_bin / "postgres", "-D", data, *options], on_orphan=signal.SIGINT)
        self._wait_for("postgres", self._postgres_answers)
        self._create_database()

    def _initdb(self, data: Path) -> None:
        """`trust` is safe here: there is no network, and the socket lets in its owner only."""
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--encoding=UTF8"]
        command = [self.postgres_bin / "initdb", "-D", data, "-U", USER, *locale, "-A", "trust", "--no-instructions"]
        # initdb in place could be killed half way and leave a PG_VERSION behind: make it aside, then rename.
        aside = data.with_name("postgres.new")
        shutil.rmtree(aside, ignore_errors=True)
        command[2] = self._own_folder(aside)
        if not self.durable:
            command.append("--no-sync")
        made = self._run(command, **self._as_servant())
        if made.returncode:
            raise RuntimeError(f"initdb:\n{made.stdout}{made.stderr}")
        data.rmdir()
        aside.rename(data)

    def _client(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self._run([self.postgres_bin / program, "-h", self.sockets, "-U", USER, *arguments])

    @staticmethod
    def _run(command: list[Any], **options: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, env=PLAIN_ENVIRONMENT, cwd="/", capture_output=True, text=True, **options)

    def _postgres_answers(self) -> bool:
        return self._client("pg_isready", "-q", "-d", "postgres").returncode == 0

    def _create_database(self) -> None:
        made = self._client("createdb", DATABASE)
        if made.returncode and "already exists" not in made.stderr:
            raise RuntimeError(made.stderr)

    # Redis

    def start_redis(self) -> None:
        data = self._own_folder(self.home / "redis")
        self._own_folder(self.sockets)
        pid_file = data / "redis.pid"
        _stop_orphan(pid_file, data, signal.SIGTERM)
        where = ["--port", "0", "--unixsocket", self.sockets / "redis.sock", "--unixsocketperm", "700"]
        where += ["--dir", data, "--pidfile", pid_file]
        keep = ["--appendonly", "yes", "--save", "60 1"] if self.durable else ["--appendonly", "no", "--save", ""]
        self._spawn("redis", [self.redis_server, *where, *keep], on_orphan=signal.SIGTERM)
        self._wait_for("redis", self._redis_answers)

    def _redis_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.sockets / "redis.sock"))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    # Both

    def log(self, name: str) -> Path:
        return self.var / f"{name}.log"

    def _spawn(self, name: str, command: list[Any], on_orphan: int) -> None:
        with self.log(name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                env=PLAIN_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: Ctrl-C in the terminal reaches the supervisor, which stops things in order.
                start_new_session=True,
                preexec_fn=die_with_parent(on_orphan),
                **self._as_servant(),
            )

    def _wait_for(self, name: str, answers: Callable[[], bool]) -> None:
        server = self.running[name]
        wait_until(lambda: server.poll() is not None or answers(), START_SECONDS)
        if server.poll() is not None or not answers():
            raise RuntimeError(f"{name} 未能启动，日志 {self.log(name)}：\n{last_lines(self.log(name))}")

    def _as_servant(self) -> dict[str, Any]:
        if not self.servant:
            return {}
        return {"user": self.servant.pw_uid, "group": self.servant.pw_gid, "extra_groups": []}

    def _own_folder(self, folder: Path) -> Path:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.servant:
            self.home.chmod(self.home.stat().st_mode | 0o011)
            os.chown(folder, self.servant.pw_uid, self.servant.pw_gid)
        return folder


def _short_enough(folder: Path) -> Path:
    """The folder itself, or a short one that stands for it when a socket's path would be too long."""
    if len(f"{folder}{LONGEST_SOCKET_NAME}".encode()) <= SOCKET_PATH_LIMIT:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 -- made 0700, and its owner is looked at
    short = base / f"afterschool-{os.geteuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.owner() not in (pwd.getpwuid(os.geteuid()).pw_name, "nobody"):
        raise RuntimeError(f"{short} 不属于当前用户")
    return short


def _stop_orphan(pid_file: Path, data: Path, politely: int) -> None:
    """The folder is ours, so a server still at work in it was left by a killed start: end it, never start a second."""
    try:
        pid = int(pid_file.read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if working_folder(pid) != data:
        return
    os.kill(pid, politely)
    if not wait_until(lambda: working_folder(pid) is None, STOP_SECONDS):
        raise RuntimeError(f"上次留下的服务（进程 {pid}）没有停止")
