"""A real PostgreSQL and a real Redis for one checkout: the laptop, the demo, the tests.

Used only while DATABASE_URL or REDIS_URL is not given. The servers listen on sockets alone, are children of this
process and end with it. Knows nothing of Django.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from scripts import binaries
from scripts.processes import die_with_parent, is_alive, last_lines, program_of, wait_until

DATABASE = USER = "afterschool"
SOCKET_PATH_LIMIT = 107  # bytes, AF_UNIX
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"
START_SECONDS = STOP_SECONDS = 30
PLAIN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}


class AlreadyRunning(RuntimeError):
    """Another start holds this var/; `pid` says which."""

    def __init__(self, pid: str) -> None:
        super().__init__(pid)
        self.pid = pid


class Services:
    """The pair of servers whose data lies under `var`. Without `durable` they are quick and forget on power loss."""

    def __init__(self, var: Path, *, durable: bool = True) -> None:
        self.var = var.resolve()
        self.var.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock: TextIO | None = None
        # PostgreSQL refuses to serve as root.
        self.servant = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
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

    # Taking and leaving the folder

    def lock(self) -> None:
        """One start at a time. The lock ends with the process, so a kill leaves nothing to clean up."""
        file = (self.var / "services.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise AlreadyRunning(file.read().strip()) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def stop(self) -> None:
        # To PostgreSQL SIGINT is the fast shutdown: roll back, checkpoint, leave.
        for name, polite, rude in (("redis", signal.SIGTERM, signal.SIGKILL), ("postgres", signal.SIGINT, signal.SIGQUIT)):
            server = self.running.pop(name, None)
            if server and server.poll() is None:
                server.send_signal(polite)
                try:
                    server.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    server.send_signal(rude)
                    server.wait()
        if self._lock:
            self._lock.close()
            self._lock = None

    # PostgreSQL

    def start_postgres(self) -> None:
        data = self._own_folder(self.home / "postgres")
        self._own_folder(self.sockets)
        _stop_orphan(data)
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
        made = subprocess.run(command, env=PLAIN_ENVIRONMENT, cwd="/", capture_output=True, text=True, **self._as_servant())
        if made.returncode:
            raise RuntimeError(f"initdb:\n{made.stdout}{made.stderr}")
        data.rmdir()
        aside.rename(data)

    def _client(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [self.postgres_bin / program, "-h", self.sockets, "-U", USER, *arguments]
        return subprocess.run(command, env=PLAIN_ENVIRONMENT, cwd="/", capture_output=True, text=True)

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
        where = ["--port", "0", "--unixsocket", self.sockets / "redis.sock", "--unixsocketperm", "700", "--dir", data]
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

    def _wait_for(self, name: str, answers: Any) -> None:
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
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if len(str(base)) > SOCKET_PATH_LIMIT // 2:
        base = Path("/tmp")  # noqa: S108 -- the folder is made 0700 and its owner is looked at below
    short = base / f"afterschool-{os.geteuid()}-{name}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid not in (os.geteuid(), pwd.getpwnam("nobody").pw_uid):
        raise RuntimeError(f"{short} 不属于当前用户")
    return short


def _stop_orphan(data: Path) -> None:
    """The lock is ours, so a server still on this data was left by a killed start: end it, never start a second."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if program_of(pid) != "postgres":
        return
    os.kill(pid, signal.SIGINT)
    if not wait_until(lambda: not is_alive(pid), STOP_SECONDS):
        raise RuntimeError(f"上次留下的 PostgreSQL（进程 {pid}）没有停止")
