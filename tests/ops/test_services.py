"""The embedded pair: real servers, started, killed and found again."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

from scripts.processes import AlreadyRunning, only_one, wait_until, working_folder
from scripts.services import LONGEST_SOCKET_NAME, SOCKET_PATH_LIMIT, Services

# A start as its own process, so that it can be killed.
START = """
import sys, time
from pathlib import Path
from scripts.services import Services
services = Services(Path(sys.argv[1]))
services.start_postgres()
services.start_redis()
print("up", flush=True)
time.sleep(600)
"""


@pytest.fixture
def var():
    """Open to the servers' own user, as a checkout's var/ is; pytest's own folders are not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def services(var):
    services = Services(var)
    yield services
    services.stop()
    # One whose start was killed writes its files once more; without their folder it would stay for ever.
    assert wait_until(lambda: not servers_in(var), 10)


def servers_in(folder: Path) -> list[int]:
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if str(working_folder(pid)).startswith(f"{folder}/")]


def start_elsewhere(var: Path) -> "subprocess.Popen[str]":
    start = subprocess.Popen([sys.executable, "-c", START, str(var)], stdout=subprocess.PIPE, text=True)
    assert start.stdout.readline() == "up\n"
    return start


def query(services: Services, sql: str):
    with closing(psycopg2.connect(services.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None


def test_services_answer_on_sockets_and_nowhere_else(services):
    services.start_postgres()
    services.start_redis()

    assert query(services, "SHOW listen_addresses") == [("",)]
    assert query(services, "SHOW fsync") == [("on",)]
    client = redis.Redis.from_url(services.redis_url)
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert {path.stat().st_mode & 0o077 for path in services.sockets.iterdir() if path.is_socket()} == {0}


def test_servers_never_run_as_root(services):
    services.start_postgres()
    services.start_redis()

    uids = {os.stat(f"/proc/{server.pid}").st_uid for server in services.running.values()}
    assert uids == {services.servant.pw_uid if services.servant else os.geteuid()}
    assert 0 not in uids


def test_nothing_is_lost_when_the_start_is_killed(var, services):
    start = start_elsewhere(var)
    query(services, "CREATE TABLE kept AS SELECT 1 AS one")
    redis.Redis.from_url(services.redis_url).set("kept", "1")

    start.kill()
    start.wait()
    services.start_postgres()
    services.start_redis()

    assert query(services, "SELECT one FROM kept") == [(1,)]
    assert redis.Redis.from_url(services.redis_url).get("kept") == b"1"


def test_servers_leave_when_their_start_is_killed(var, services):
    start = start_elsewhere(var)
    pid = int((services.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    start.kill()
    start.wait()

    assert wait_until(lambda: working_folder(pid) is None, 10)


def test_an_orphan_is_ended_before_a_second_server_starts(var, services):
    start = start_elsewhere(var)
    start.send_signal(signal.SIGSTOP)  # cannot look after its children, holds them all the same
    first = int((services.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    try:
        services.start_postgres()

        assert int((services.home / "postgres" / "postmaster.pid").read_text().splitlines()[0]) != first
        assert query(services, "SELECT 1") == [(1,)]
    finally:
        start.kill()
        start.wait()


def test_a_deep_folder_gets_a_short_socket(var):
    services = Services(var / ("深" * 40) / "var")

    assert len(f"{services.sockets}{LONGEST_SOCKET_NAME}".encode()) <= SOCKET_PATH_LIMIT
    services.sockets.rmdir()


def test_only_one_start_holds_the_folder(tmp_path):
    lock = tmp_path / "lock"

    with only_one(lock), pytest.raises(AlreadyRunning, match=str(os.getpid())), only_one(lock):
        pass
    with only_one(lock):
        assert lock.read_text() == str(os.getpid())


def with_services(*command: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.Popen(
        [sys.executable, "-m", "scripts.with_services", "--", *command], env=env, stdout=subprocess.PIPE, text=True
    )


def test_with_services_side_by_side_are_strangers_and_leave_nothing():
    ask = "import os; print(os.environ['DATABASE_URL'])"
    both = [with_services(sys.executable, "-c", ask) for _ in range(2)]
    urls = {process.communicate(timeout=60)[0].strip() for process in both}

    assert len(urls) == 2
    assert [process.returncode for process in both] == [0, 0]
    for url in urls:
        folder = url.rpartition("host=")[2].replace("%2F", "/").removesuffix("/run")
        assert "afterschool-test-" in folder and not Path(folder).exists()


def test_with_services_hands_on_the_exit_code():
    process = with_services("sh", "-c", "exit 7")

    assert process.wait(60) == 7


def test_with_services_stops_its_command_when_it_is_stopped():
    process = with_services("sh", "-c", "echo $$; exec sleep 600")
    pid = int(process.stdout.readline())

    process.terminate()

    assert process.wait(60) == 128 + signal.SIGTERM
    assert wait_until(lambda: working_folder(pid) is None, 10)
