"""A district in a house of its own: throw-away servers, a real worker and a real beat, ours to break."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.db import connection

from scripts.processes import die_with_parent, wait_until
from scripts.services import DATABASE, USER, Services

from .district import build

CELERY = [sys.executable, "-m", "celery", "-A", "afterschool"]
BEAT = [*CELERY, "beat", "--pidfile=", "--schedule"]
WORKER = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-mingle", "--without-gossip"]


class House:
    """Its servers and its staff. `ask` looks into the books from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.services = folder, Services(folder, durable=False)
        self.staff: dict[str, subprocess.Popen[bytes]] = {}
        self.lived_in = False
        self.services.start_postgres()
        self.services.start_redis()

    def environment(self) -> dict[str, str]:
        urls = {"DATABASE_URL": self.services.database_url, "REDIS_URL": self.services.redis_url}
        mine = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
        return mine | urls | {"SECRET_KEY": "of a test", "PYTHONUNBUFFERED": "1"}

    def move_in(self) -> None:
        """With all that the test has written: its database is carried over as it is."""
        params = connection.get_connection_params()
        dump = [self.services.postgres_bin / "pg_dump", "-h", params["host"], "-U", params["user"], params["dbname"]]
        load = [self.services.postgres_bin / "psql", "-q", "-h", self.services.sockets, "-U", USER, DATABASE]
        written = subprocess.run(dump, check=True, capture_output=True).stdout
        subprocess.run(load, input=written, check=True, capture_output=True)
        self.lived_in = True

    def all_at_work(self) -> None:
        """As a supervisor would: whoever is missing is replaced."""
        for name, command in (("worker", WORKER), ("beat", [*BEAT, str(self.folder / "beat")])):
            if name not in self.staff:
                with (self.folder / f"{name}.log").open("ab") as log:
                    self.staff[name] = subprocess.Popen(
                        command, cwd=settings.BASE_DIR, env=self.environment(), stdout=log, stderr=log,
                        start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL),
                    )  # fmt: skip

    def kill(self, name: str) -> None:
        """kill -9, parent and children at one blow."""
        process = self.staff.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_a_child(self) -> None:
        """One of the worker's own processes; the parent lives on."""
        parent = self.staff["worker"].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)

    def restart_postgres(self) -> None:
        """At once, as when the power goes: no session is asked, recovery comes at the next start."""
        server = self.services.running.pop("postgres")
        server.send_signal(signal.SIGQUIT)
        server.wait()
        self.services.start_postgres()

    def flush_redis(self) -> None:
        redis.Redis(unix_socket_path=str(self.services.sockets / "redis.sock")).flushall()

    def line(self):
        return closing(psycopg2.connect(host=self.services.sockets, user=USER, dbname=DATABASE))

    def ask(self, sql: str, *values: object) -> list[tuple]:
        with self.line() as line:
            cursor = line.cursor()
            cursor.execute(sql, values)
            line.commit()
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def no_deed_is_signed(self) -> Iterator[None]:
        """Nobody gets through the guest book meanwhile: every job stops in the middle of its deed, its rows written."""
        with self.line() as line:
            line.cursor().execute("LOCK TABLE audit_deed IN SHARE MODE")
            yield

    def wait_for(self, holds: Callable[[], bool], seconds: float) -> None:
        assert wait_until(holds, seconds), self._last_words()

    def _last_words(self) -> str:
        logs = [self.folder / f"{name}.log" for name in ("worker", "beat", "postgres")]
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs if log.exists())

    def close(self) -> None:
        for name in list(self.staff):
            self.kill(name)
        self.services.stop()


@pytest.fixture(scope="module")
def empty_house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        house = House(Path(folder))
        try:
            yield house
        finally:
            house.close()


@pytest.fixture
def house(empty_house, transactional_db) -> House:
    """With a district in it, a worker and a beat: the same ones for every test, as each has a month of its own."""
    if not empty_house.lived_in:
        build()
        empty_house.move_in()
    empty_house.all_at_work()
    return empty_house
