"""The supervisor of `make run`. The demo town has its own tests; here a stand-in takes its place."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from scripts import run
from scripts.processes import only_one, wait_until, working_folder
from tests.schema import shape

START_WITHOUT_THE_TOWN = """
import sys
from pathlib import Path
from scripts import run

manage = run.manage
run.VAR = Path(sys.argv[1])
run.manage = lambda env, *words, **options: "角色 手机号\\n" if words[0] == "seed_demo" else manage(env, *words, **options)
sys.exit(run.main())
"""
NOT_FOR_LAPTOPS = {"DATABASE_URL", "REDIS_URL", "AFTERSCHOOL_TESTING", "PYTEST_XDIST_WORKER", "SECRET_KEY"}


@pytest.fixture
def var(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(run, "VAR", Path(folder))
        # pytest keeps its own signal handlers.
        monkeypatch.setattr(run, "stop_on_signals", lambda: None)
        yield Path(folder)


@pytest.fixture
def door(monkeypatch):
    """A port that somebody else holds for a while."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        monkeypatch.setenv("PORT", str(held.getsockname()[1]))
        yield held


def test_a_second_start_beside_a_running_one_touches_nothing(var, capsys):
    with only_one(var / "run.lock"):
        assert run.main() == run.ALREADY_RUNNING

    assert f"已经在运行（进程 {os.getpid()}）" in capsys.readouterr().out
    assert [path.name for path in var.iterdir()] == ["run.lock"]


def test_a_busy_port_is_said_before_anything_starts(var, door, capsys, monkeypatch):
    monkeypatch.setattr(run, "PORT_SECONDS", 0.1)

    assert run.main() == run.PORT_TAKEN

    assert f"端口 {os.environ['PORT']} 已被别的程序占用" in capsys.readouterr().out
    assert [path.name for path in var.iterdir()] == ["run.lock"]


def test_the_secret_key_is_made_once_and_for_its_owner_only(var):
    key = run.secret_key()

    assert len(key) >= 50
    assert run.secret_key() == key
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_dead_program_is_named_with_its_last_words(var):
    (var / "worker.log").write_text("first\nlast words\n")
    dead = subprocess.Popen(["false"])
    dead.wait()

    with pytest.raises(run.Failed, match=r"worker 意外退出（1）(?s:.*)last words"):
        run.fail_on_the_dead({"worker": dead})


def start(var: Path, port: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if name not in NOT_FOR_LAPTOPS} | {"PORT": port}
    command = [sys.executable, "-c", START_WITHOUT_THE_TOWN, str(var)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def lines_until_ready(process: "subprocess.Popen[str]") -> list[str]:
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("READY"):
            break
    return lines


def health(port: str) -> int:
    line = http.client.HTTPConnection("127.0.0.1", int(port), timeout=5)
    line.request("GET", "/healthz")
    return line.getresponse().status


def migrated(var: Path) -> set:
    """The shape of the database that the migrations made."""
    with closing(psycopg2.connect(host=var / "run", user="afterschool", dbname="afterschool")) as line:
        return shape(line.cursor())


def test_the_town_opens_survives_a_kill_and_closes_on_ctrl_c(var, door, db):
    port = os.environ["PORT"]
    door.close()
    killed = start(var, port)
    lines = lines_until_ready(killed)
    assert lines[-1] == f"READY http://127.0.0.1:{port}/", "\n".join(lines)
    assert "角色 手机号" in lines
    assert health(port) == 200
    assert migrated(var) ^ shape(connection.cursor()) == set()
    postmaster = int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    killed.kill()
    killed.wait()
    again = start(var, port)
    lines = lines_until_ready(again)
    assert lines[-1] == f"READY http://127.0.0.1:{port}/", "\n".join(lines)
    assert working_folder(postmaster) is None

    again.send_signal(signal.SIGINT)
    rest, _ = again.communicate(timeout=60)
    assert again.returncode == 0
    assert rest.rstrip().endswith("已停止")
    assert wait_until(lambda: run.port_is_free(int(port)), 5)
    assert not (var / "postgres" / "postmaster.pid").exists()
